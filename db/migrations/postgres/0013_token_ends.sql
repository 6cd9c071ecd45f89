ALTER TABLE "access_tokens" ADD COLUMN "end_mail_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "access_tokens_end_mail" ON "access_tokens" USING btree ("end_mail_at");--> statement-breakpoint
-- By hand: tokens that are there already have their mails, too.
UPDATE "access_tokens" SET "end_mail_at" = "expires_at" - interval '168 hours' WHERE "expires_at" > now();
