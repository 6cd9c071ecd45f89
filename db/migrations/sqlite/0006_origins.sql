ALTER TABLE `access_tokens` ADD `last_system` text;--> statement-breakpoint
ALTER TABLE `events` ADD `system` text;--> statement-breakpoint
ALTER TABLE `mails` ADD `last_reply` integer;--> statement-breakpoint
ALTER TABLE `sessions` ADD `system` text;--> statement-breakpoint
ALTER TABLE `trusted_browsers` ADD `system` text;--> statement-breakpoint
-- Until now a browser was kept as English: "Firefox on Linux", "Unknown browser".
UPDATE `sessions` SET `system` = substr(`browser`, instr(`browser`, ' on ') + 4), `browser` = substr(`browser`, 1, instr(`browser`, ' on ') - 1) WHERE instr(`browser`, ' on ') > 0;--> statement-breakpoint
UPDATE `sessions` SET `browser` = CASE `browser` WHEN 'Unknown browser' THEN 'unknown_browser' ELSE 'unknown_program' END WHERE `browser` IN ('Unknown browser', 'Unknown program');--> statement-breakpoint
UPDATE `events` SET `system` = substr(`browser`, instr(`browser`, ' on ') + 4), `browser` = substr(`browser`, 1, instr(`browser`, ' on ') - 1) WHERE instr(`browser`, ' on ') > 0;--> statement-breakpoint
UPDATE `events` SET `browser` = CASE `browser` WHEN 'Unknown browser' THEN 'unknown_browser' ELSE 'unknown_program' END WHERE `browser` IN ('Unknown browser', 'Unknown program');--> statement-breakpoint
UPDATE `trusted_browsers` SET `system` = substr(`browser`, instr(`browser`, ' on ') + 4), `browser` = substr(`browser`, 1, instr(`browser`, ' on ') - 1) WHERE instr(`browser`, ' on ') > 0;--> statement-breakpoint
UPDATE `trusted_browsers` SET `browser` = CASE `browser` WHEN 'Unknown browser' THEN 'unknown_browser' ELSE 'unknown_program' END WHERE `browser` IN ('Unknown browser', 'Unknown program');--> statement-breakpoint
UPDATE `access_tokens` SET `last_system` = substr(`last_browser`, instr(`last_browser`, ' on ') + 4), `last_browser` = substr(`last_browser`, 1, instr(`last_browser`, ' on ') - 1) WHERE instr(`last_browser`, ' on ') > 0;--> statement-breakpoint
UPDATE `access_tokens` SET `last_browser` = CASE `last_browser` WHEN 'Unknown browser' THEN 'unknown_browser' ELSE 'unknown_program' END WHERE `last_browser` IN ('Unknown browser', 'Unknown program');--> statement-breakpoint
UPDATE `events` SET `address` = 'server', `browser` = 'backup' WHERE `address` = 'the server';--> statement-breakpoint
-- Why a mail was not taken was a sentence. Its next try, within the hour, writes the reason.
UPDATE `mails` SET `last_error` = NULL;
