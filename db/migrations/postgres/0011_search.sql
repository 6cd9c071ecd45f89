-- In the order of bytes, as on SQLite, so that all that begins alike is one range of the index.
ALTER TABLE "accounts" ALTER COLUMN "email" SET DATA TYPE text COLLATE "C";--> statement-breakpoint
ALTER TABLE "accounts" ALTER COLUMN "username" SET DATA TYPE text COLLATE "C";--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "display_name_look" text COLLATE "C";--> statement-breakpoint
CREATE INDEX "accounts_operators" ON "accounts" USING btree ("id") WHERE role = 'operator';--> statement-breakpoint
CREATE INDEX "accounts_display_name_look" ON "accounts" USING btree ("display_name_look","id");