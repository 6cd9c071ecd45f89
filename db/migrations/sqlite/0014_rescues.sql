CREATE TABLE `rescues` (
	`account_id` integer PRIMARY KEY NOT NULL,
	`code_hash` text,
	`asked_by` integer,
	`reason` text NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `rescues_expiry` ON `rescues` (`expires_at`);