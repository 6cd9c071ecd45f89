CREATE TABLE `former_usernames` (
	`username_look` text PRIMARY KEY NOT NULL,
	`account_id` integer,
	`kept_until` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `former_usernames_kept` ON `former_usernames` (`kept_until`);--> statement-breakpoint
CREATE TABLE `groups` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `groups_name_unique` ON `groups` (`name`);--> statement-breakpoint
CREATE TABLE `invitation_groups` (
	`invitation_id` text NOT NULL,
	`group_id` text NOT NULL,
	`until` integer,
	FOREIGN KEY (`invitation_id`) REFERENCES `invitations`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`group_id`) REFERENCES `groups`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `invitation_groups_invitation_group` ON `invitation_groups` (`invitation_id`,`group_id`);--> statement-breakpoint
CREATE INDEX `invitation_groups_group` ON `invitation_groups` (`group_id`);--> statement-breakpoint
CREATE TABLE `invitations` (
	`id` text PRIMARY KEY NOT NULL,
	`token_hash` text NOT NULL,
	`email` text,
	`role` text NOT NULL,
	`account_ends_at` integer,
	`invited_by` integer,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`used_at` integer,
	`used_by` integer,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `invitations_token_hash_unique` ON `invitations` (`token_hash`);--> statement-breakpoint
CREATE INDEX `invitations_expiry` ON `invitations` (`expires_at`);--> statement-breakpoint
CREATE INDEX `invitations_created` ON `invitations` (`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `memberships` (
	`account_id` integer NOT NULL,
	`group_id` text NOT NULL,
	`until` integer,
	`added_at` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`group_id`) REFERENCES `groups`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `memberships_account_group` ON `memberships` (`account_id`,`group_id`);--> statement-breakpoint
CREATE INDEX `memberships_group` ON `memberships` (`group_id`);--> statement-breakpoint
CREATE INDEX `memberships_until` ON `memberships` (`until`);--> statement-breakpoint
CREATE TABLE `__new_events` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` integer,
	`kind` text NOT NULL,
	`method` text,
	`subject` text,
	`notice` text,
	`at` integer NOT NULL,
	`actor` text,
	`operator_id` integer,
	`reason` text,
	`address` text NOT NULL,
	`browser` text NOT NULL,
	`system` text,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
INSERT INTO `__new_events`("id", "account_id", "kind", "method", "subject", "notice", "at", "address", "browser", "system") SELECT "id", "account_id", "kind", "method", "subject", "notice", "at", "address", "browser", "system" FROM `events`;--> statement-breakpoint
DROP TABLE `events`;--> statement-breakpoint
ALTER TABLE `__new_events` RENAME TO `events`;--> statement-breakpoint
CREATE INDEX `events_account_at` ON `events` (`account_id`,`at`);--> statement-breakpoint
CREATE INDEX `events_notice` ON `events` (`notice`);--> statement-breakpoint
CREATE INDEX `events_at` ON `events` (`at`);--> statement-breakpoint
CREATE TABLE `__new_mails` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` integer,
	`sealed` text NOT NULL,
	`created_at` integer NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_attempt_at_ms` integer NOT NULL,
	`claimed_until_ms` integer DEFAULT 0 NOT NULL,
	`last_error` text,
	`last_reply` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
INSERT INTO `__new_mails`("id", "account_id", "sealed", "created_at", "attempts", "next_attempt_at_ms", "claimed_until_ms", "last_error", "last_reply") SELECT "id", "account_id", "sealed", "created_at", "attempts", "next_attempt_at_ms", "claimed_until_ms", "last_error", "last_reply" FROM `mails`;--> statement-breakpoint
DROP TABLE `mails`;--> statement-breakpoint
ALTER TABLE `__new_mails` RENAME TO `mails`;--> statement-breakpoint
CREATE INDEX `mails_next_attempt` ON `mails` (`next_attempt_at_ms`);--> statement-breakpoint
CREATE INDEX `mails_account` ON `mails` (`account_id`);--> statement-breakpoint
ALTER TABLE `accounts` ADD `username` text NOT NULL DEFAULT '';--> statement-breakpoint
ALTER TABLE `accounts` ADD `username_look` text NOT NULL DEFAULT '';--> statement-breakpoint
ALTER TABLE `accounts` ADD `display_name` text;--> statement-breakpoint
ALTER TABLE `accounts` ADD `role` text DEFAULT 'member' NOT NULL;--> statement-breakpoint
ALTER TABLE `accounts` ADD `suspended_for` text;--> statement-breakpoint
ALTER TABLE `accounts` ADD `ends_at` integer;--> statement-breakpoint
ALTER TABLE `accounts` ADD `delete_at` integer;--> statement-breakpoint
-- The local part of the address, where it can be a username: the account that is there longest gets it. The others, and what only
-- the site itself may be called, become a number that their owner can change.
UPDATE `accounts` SET `username` = chosen.local, `username_look` = chosen.look FROM (SELECT `id`, local, look, row_number() OVER (PARTITION BY look ORDER BY `created_at`, `id`) AS place FROM (SELECT `id`, `created_at`, local, replace(replace(replace(replace(replace(replace(replace(local, '.', ''), '_', ''), '-', ''), '0', 'o'), '1', 'l'), 'rn', 'm'), 'vv', 'w') AS look FROM (SELECT `id`, `created_at`, substr(`email`, 1, instr(`email`, '@') - 1) AS local FROM `accounts`) WHERE length(local) BETWEEN 2 AND 32 AND local GLOB '[a-z0-9]*' AND local NOT GLOB '*[^a-z0-9._-]*') WHERE look NOT LIKE 'member%' AND look NOT IN ('abuse', 'admin', 'administrator', 'anonymous', 'billing', 'daemon', 'everyone', 'guest', 'help', 'hostmaster', 'info', 'latchkey', 'mail', 'mailerdaemon', 'marketing', 'me', 'moderator', 'nobody', 'noc', 'noreply', 'null', 'operator', 'operators', 'owner', 'postmaster', 'root', 'sales', 'security', 'staff', 'superuser', 'support', 'sysadmin', 'system', 'undefined', 'webmaster', 'www')) AS chosen WHERE chosen.place = 1 AND chosen.`id` = `accounts`.`id`;--> statement-breakpoint
UPDATE `accounts` SET `username` = 'member-' || `uid`, `username_look` = replace(replace(replace(replace(replace(replace(replace('member' || `uid`, '.', ''), '_', ''), '-', ''), '0', 'o'), '1', 'l'), 'rn', 'm'), 'vv', 'w') WHERE `username` = '';--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_username_unique` ON `accounts` (`username`);--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_username_look_unique` ON `accounts` (`username_look`);--> statement-breakpoint
ALTER TABLE `sessions` ADD `proved_at` integer;