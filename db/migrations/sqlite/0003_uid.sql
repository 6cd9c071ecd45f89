ALTER TABLE `accounts` ADD `uid` integer NOT NULL DEFAULT 0;--> statement-breakpoint
-- Multiplied modulo a prime: each number once, and none tells how many accounts there are.
UPDATE `accounts` SET `uid` = numbered.number * 1103515245 % 2147483647 FROM (SELECT `id`, row_number() OVER (ORDER BY `id`) AS number FROM `accounts`) AS numbered WHERE numbered.`id` = `accounts`.`id`;--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_uid_unique` ON `accounts` (`uid`);
