ALTER TABLE `accounts` ADD `display_name_look` text;--> statement-breakpoint
CREATE INDEX `accounts_operators` ON `accounts` (`id`) WHERE role = 'operator';--> statement-breakpoint
CREATE INDEX `accounts_display_name_look` ON `accounts` (`display_name_look`,`id`);