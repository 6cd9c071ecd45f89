DROP INDEX `memberships_group`;--> statement-breakpoint
CREATE INDEX `memberships_group` ON `memberships` (`group_id`,`account_id`);--> statement-breakpoint
ALTER TABLE `invitations` ADD `sent_at` integer;