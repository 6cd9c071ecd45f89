ALTER TABLE `access_tokens` ADD `end_mail_at` integer;--> statement-breakpoint
CREATE INDEX `access_tokens_end_mail` ON `access_tokens` (`end_mail_at`);--> statement-breakpoint
-- By hand: tokens that are there already have their mails, too.
UPDATE `access_tokens` SET `end_mail_at` = `expires_at` - 604800000 WHERE `expires_at` > unixepoch() * 1000;
