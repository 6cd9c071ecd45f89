DROP INDEX "memberships_group";--> statement-breakpoint
ALTER TABLE "invitations" ADD COLUMN "sent_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "memberships_group" ON "memberships" USING btree ("group_id","account_id");