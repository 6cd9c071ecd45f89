CREATE TABLE `former_addresses` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` integer NOT NULL,
	`email` text NOT NULL,
	`left_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`kept` text NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `former_addresses_email` ON `former_addresses` (`email`);--> statement-breakpoint
CREATE INDEX `former_addresses_account` ON `former_addresses` (`account_id`);--> statement-breakpoint
CREATE INDEX `former_addresses_expiry` ON `former_addresses` (`expires_at`);