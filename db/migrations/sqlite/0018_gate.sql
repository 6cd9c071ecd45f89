CREATE TABLE `app_groups` (
	`app_id` text NOT NULL,
	`group_id` text NOT NULL,
	FOREIGN KEY (`app_id`) REFERENCES `apps`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`group_id`) REFERENCES `groups`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `app_groups_app_group` ON `app_groups` (`app_id`,`group_id`);--> statement-breakpoint
CREATE INDEX `app_groups_group` ON `app_groups` (`group_id`);--> statement-breakpoint
CREATE TABLE `app_hosts` (
	`host` text PRIMARY KEY NOT NULL,
	`app_id` text NOT NULL,
	`position` integer NOT NULL,
	FOREIGN KEY (`app_id`) REFERENCES `apps`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `app_hosts_app_position` ON `app_hosts` (`app_id`,`position`);--> statement-breakpoint
CREATE TABLE `app_networks` (
	`app_id` text NOT NULL,
	`network` text NOT NULL,
	`level` text NOT NULL,
	FOREIGN KEY (`app_id`) REFERENCES `apps`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `app_networks_app_network` ON `app_networks` (`app_id`,`network`);--> statement-breakpoint
CREATE TABLE `app_paths` (
	`app_id` text NOT NULL,
	`path` text NOT NULL,
	`level` text NOT NULL,
	`max_age` integer,
	FOREIGN KEY (`app_id`) REFERENCES `apps`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `app_paths_app_path` ON `app_paths` (`app_id`,`path`);--> statement-breakpoint
CREATE TABLE `apps` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`title` text NOT NULL,
	`level` text NOT NULL,
	`max_age` integer,
	`takes_tokens` integer NOT NULL,
	`tells_identity` integer NOT NULL,
	`created_at` integer NOT NULL,
	`revision` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `apps_name_unique` ON `apps` (`name`);--> statement-breakpoint
CREATE TABLE `gate_codes` (
	`code_hash` text PRIMARY KEY NOT NULL,
	`session_id` text NOT NULL,
	`host` text NOT NULL,
	`nonce_hash` text NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`session_id`) REFERENCES `sessions`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`host`) REFERENCES `app_hosts`(`host`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `gate_codes_session` ON `gate_codes` (`session_id`);--> statement-breakpoint
CREATE INDEX `gate_codes_host` ON `gate_codes` (`host`);--> statement-breakpoint
CREATE INDEX `gate_codes_expiry` ON `gate_codes` (`expires_at`);--> statement-breakpoint
CREATE TABLE `gate_sessions` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`session_id` text NOT NULL,
	`host` text NOT NULL,
	`started_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	FOREIGN KEY (`session_id`) REFERENCES `sessions`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`host`) REFERENCES `app_hosts`(`host`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `gate_sessions_session_host` ON `gate_sessions` (`session_id`,`host`);--> statement-breakpoint
CREATE INDEX `gate_sessions_host` ON `gate_sessions` (`host`);--> statement-breakpoint
ALTER TABLE `sessions` ADD `password_at` integer;