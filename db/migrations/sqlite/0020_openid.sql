CREATE TABLE `client_claims` (
	`app_id` text NOT NULL,
	`group_id` text NOT NULL,
	`claim` text NOT NULL,
	`value` text NOT NULL,
	FOREIGN KEY (`app_id`) REFERENCES `clients`(`app_id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`group_id`) REFERENCES `groups`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `client_claims_app_group_claim` ON `client_claims` (`app_id`,`group_id`,`claim`);--> statement-breakpoint
CREATE INDEX `client_claims_group` ON `client_claims` (`group_id`);--> statement-breakpoint
CREATE TABLE `client_uris` (
	`app_id` text NOT NULL,
	`purpose` text NOT NULL,
	`uri` text NOT NULL,
	`position` integer NOT NULL,
	FOREIGN KEY (`app_id`) REFERENCES `clients`(`app_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `client_uris_app_purpose_uri` ON `client_uris` (`app_id`,`purpose`,`uri`);--> statement-breakpoint
CREATE TABLE `clients` (
	`app_id` text PRIMARY KEY NOT NULL,
	`auth_method` text NOT NULL,
	`secret_hash` text,
	`previous_hash` text,
	`previous_until` integer,
	`jwks` text,
	`jwks_uri` text,
	`signing_alg` text NOT NULL,
	`needs_pkce` integer NOT NULL,
	`is_third_party` integer NOT NULL,
	`pairwise_salt` text,
	`is_strict` integer NOT NULL,
	`uses_device_flow` integer NOT NULL,
	`backchannel_uri` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`app_id`) REFERENCES `apps`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `openid_consents` (
	`account_id` integer NOT NULL,
	`app_id` text NOT NULL,
	`scopes` text NOT NULL,
	`given_at` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`app_id`) REFERENCES `clients`(`app_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `openid_consents_account_app` ON `openid_consents` (`account_id`,`app_id`);--> statement-breakpoint
CREATE INDEX `openid_consents_app` ON `openid_consents` (`app_id`);--> statement-breakpoint
CREATE TABLE `openid_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`alg` text NOT NULL,
	`position` integer NOT NULL,
	`sealed` text NOT NULL,
	`created_at` integer NOT NULL,
	`used_from` integer NOT NULL,
	`ends_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `openid_keys_alg_position` ON `openid_keys` (`alg`,`position`);--> statement-breakpoint
CREATE TABLE `openid_records` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`session_id` text,
	`app_id` text,
	`grant_id` text,
	`uid_hash` text,
	`payload` text NOT NULL,
	`consumed_at` integer,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`session_id`) REFERENCES `sessions`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`app_id`) REFERENCES `clients`(`app_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `openid_records_session` ON `openid_records` (`session_id`);--> statement-breakpoint
CREATE INDEX `openid_records_app` ON `openid_records` (`app_id`);--> statement-breakpoint
CREATE INDEX `openid_records_grant` ON `openid_records` (`grant_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `openid_records_uid` ON `openid_records` (`uid_hash`);--> statement-breakpoint
CREATE INDEX `openid_records_expiry` ON `openid_records` (`expires_at`);--> statement-breakpoint
CREATE TABLE `openid_sign_ins` (
	`session_id` text NOT NULL,
	`app_id` text NOT NULL,
	`subject` text NOT NULL,
	`sid` text NOT NULL,
	`scopes` text NOT NULL,
	`started_at` integer NOT NULL,
	`last_used_at` integer NOT NULL,
	FOREIGN KEY (`session_id`) REFERENCES `sessions`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`app_id`) REFERENCES `clients`(`app_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `openid_sign_ins_session_app` ON `openid_sign_ins` (`session_id`,`app_id`);--> statement-breakpoint
CREATE INDEX `openid_sign_ins_app` ON `openid_sign_ins` (`app_id`);--> statement-breakpoint
CREATE TABLE `openid_sign_outs` (
	`id` text PRIMARY KEY NOT NULL,
	`app_id` text NOT NULL,
	`subject` text NOT NULL,
	`sid` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_attempt_at_ms` integer DEFAULT 0 NOT NULL,
	`claimed_until_ms` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE INDEX `openid_sign_outs_next_attempt` ON `openid_sign_outs` (`next_attempt_at_ms`);--> statement-breakpoint
CREATE TRIGGER `openid_signed_out` AFTER DELETE ON `openid_sign_ins` WHEN EXISTS (SELECT 1 FROM `clients` WHERE `app_id` = OLD.`app_id` AND `backchannel_uri` IS NOT NULL)
BEGIN
	INSERT INTO `openid_sign_outs` (`id`, `app_id`, `subject`, `sid`) VALUES (lower(hex(randomblob(16))), OLD.`app_id`, OLD.`subject`, OLD.`sid`);
END;
