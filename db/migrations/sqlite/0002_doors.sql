CREATE TABLE `known_browsers` (
	`token_hash` text NOT NULL,
	`account_id` integer NOT NULL,
	`first_seen_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `known_browsers_token_account` ON `known_browsers` (`token_hash`,`account_id`);--> statement-breakpoint
CREATE INDEX `known_browsers_account` ON `known_browsers` (`account_id`);--> statement-breakpoint
CREATE INDEX `known_browsers_last_seen` ON `known_browsers` (`last_seen_at`);--> statement-breakpoint
CREATE TABLE `mail_links` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`account_id` integer NOT NULL,
	`purpose` text NOT NULL,
	`payload` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `mail_links_account` ON `mail_links` (`account_id`,`purpose`);--> statement-breakpoint
CREATE INDEX `mail_links_expiry` ON `mail_links` (`expires_at`);--> statement-breakpoint
CREATE TABLE `mails` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` integer NOT NULL,
	`sealed` text NOT NULL,
	`created_at` integer NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_attempt_at_ms` integer NOT NULL,
	`claimed_until_ms` integer DEFAULT 0 NOT NULL,
	`last_error` text,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `mails_next_attempt` ON `mails` (`next_attempt_at_ms`);--> statement-breakpoint
CREATE INDEX `mails_account` ON `mails` (`account_id`);--> statement-breakpoint
CREATE TABLE `trusted_browsers` (
	`id` text PRIMARY KEY NOT NULL,
	`token_hash` text NOT NULL,
	`account_id` integer NOT NULL,
	`security_version` integer NOT NULL,
	`trusted_at` integer NOT NULL,
	`last_used_at` integer,
	`expires_at` integer NOT NULL,
	`address` text NOT NULL,
	`browser` text NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `trusted_browsers_token_hash_unique` ON `trusted_browsers` (`token_hash`);--> statement-breakpoint
CREATE INDEX `trusted_browsers_account` ON `trusted_browsers` (`account_id`);--> statement-breakpoint
CREATE INDEX `trusted_browsers_expiry` ON `trusted_browsers` (`expires_at`);--> statement-breakpoint
ALTER TABLE `accounts` ADD `email_confirmed_at` integer;--> statement-breakpoint
ALTER TABLE `accounts` ADD `tokens_frozen_at` integer;--> statement-breakpoint
ALTER TABLE `events` ADD `subject` text;--> statement-breakpoint
ALTER TABLE `events` ADD `notice` text;--> statement-breakpoint
CREATE INDEX `events_notice` ON `events` (`notice`);--> statement-breakpoint
ALTER TABLE `factors` ADD `name` text DEFAULT 'Authenticator' NOT NULL;