CREATE TABLE `spent_challenges` (
	`hash` text PRIMARY KEY NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `spent_challenges_expiry` ON `spent_challenges` (`expires_at`);--> statement-breakpoint
CREATE TABLE `user_handles` (
	`account_id` integer PRIMARY KEY NOT NULL,
	`handle` text NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `user_handles_handle_unique` ON `user_handles` (`handle`);--> statement-breakpoint
ALTER TABLE `factors` ADD `resists_phishing` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `factors` ADD `credential_id` text;--> statement-breakpoint
ALTER TABLE `factors` ADD `is_backed_up` integer;--> statement-breakpoint
CREATE UNIQUE INDEX `factors_credential_id_unique` ON `factors` (`credential_id`);--> statement-breakpoint
ALTER TABLE `sessions` ADD `resisted_at` integer;