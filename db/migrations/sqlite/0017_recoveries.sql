CREATE TABLE `recoveries` (
	`account_id` integer PRIMARY KEY NOT NULL,
	`begun_at` integer NOT NULL,
	`opens_at` integer NOT NULL,
	`mail_at` integer,
	`address` text NOT NULL,
	`browser` text NOT NULL,
	`system` text,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `recoveries_opens` ON `recoveries` (`opens_at`);--> statement-breakpoint
CREATE INDEX `recoveries_mail` ON `recoveries` (`mail_at`);--> statement-breakpoint
ALTER TABLE `accounts` ADD `email_changed_at` integer;--> statement-breakpoint
-- By hand: since when accounts from before have their address.
update accounts set email_changed_at = (select max(at) from events where events.account_id = accounts.id and events.kind in ('email_changed', 'email_restored'))
where id in (select account_id from events where kind in ('email_changed', 'email_restored'));
