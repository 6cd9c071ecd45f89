CREATE TABLE `event_chain_ends` (
	`which` text PRIMARY KEY NOT NULL,
	`position` integer NOT NULL,
	`digest` text NOT NULL,
	`at` integer NOT NULL,
	`seal` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `event_seals` (
	`position` integer PRIMARY KEY NOT NULL,
	`event_id` text NOT NULL,
	`person` text NOT NULL,
	`salt` text,
	`digest` text NOT NULL,
	`seal` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `event_seals_event_id_unique` ON `event_seals` (`event_id`);