CREATE TABLE `policies` (
	`scope` text PRIMARY KEY NOT NULL,
	`group_id` text,
	`level` text NOT NULL,
	`holds_from` integer NOT NULL,
	FOREIGN KEY (`group_id`) REFERENCES `groups`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `policies_group` ON `policies` (`group_id`);