CREATE TABLE "former_usernames" (
	"username_look" text PRIMARY KEY NOT NULL,
	"account_id" bigint,
	"kept_until" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "groups" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "groups_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "invitation_groups" (
	"invitation_id" text NOT NULL,
	"group_id" text NOT NULL,
	"until" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "invitations" (
	"id" text PRIMARY KEY NOT NULL,
	"token_hash" text NOT NULL,
	"email" text,
	"role" text NOT NULL,
	"account_ends_at" timestamp (3) with time zone,
	"invited_by" bigint,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	"used_by" bigint,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "invitations_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "memberships" (
	"account_id" bigint NOT NULL,
	"group_id" text NOT NULL,
	"until" timestamp (3) with time zone,
	"added_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "events" DROP CONSTRAINT "events_account_id_accounts_id_fk";
--> statement-breakpoint
ALTER TABLE "events" ALTER COLUMN "account_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "mails" ALTER COLUMN "account_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "username" text NOT NULL DEFAULT '';--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "username_look" text NOT NULL DEFAULT '';--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "display_name" text;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "role" text DEFAULT 'member' NOT NULL;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "suspended_for" text;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "ends_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "delete_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "actor" text;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "operator_id" bigint;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "reason" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "proved_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "invitation_groups" ADD CONSTRAINT "invitation_groups_invitation_id_invitations_id_fk" FOREIGN KEY ("invitation_id") REFERENCES "public"."invitations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitation_groups" ADD CONSTRAINT "invitation_groups_group_id_groups_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."groups"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_group_id_groups_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."groups"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "former_usernames_kept" ON "former_usernames" USING btree ("kept_until");--> statement-breakpoint
CREATE UNIQUE INDEX "invitation_groups_invitation_group" ON "invitation_groups" USING btree ("invitation_id","group_id");--> statement-breakpoint
CREATE INDEX "invitation_groups_group" ON "invitation_groups" USING btree ("group_id");--> statement-breakpoint
CREATE INDEX "invitations_expiry" ON "invitations" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "invitations_created" ON "invitations" USING btree ("created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "memberships_account_group" ON "memberships" USING btree ("account_id","group_id");--> statement-breakpoint
CREATE INDEX "memberships_group" ON "memberships" USING btree ("group_id");--> statement-breakpoint
CREATE INDEX "memberships_until" ON "memberships" USING btree ("until");--> statement-breakpoint
ALTER TABLE "events" ADD CONSTRAINT "events_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
-- The local part of the address, where it can be a username: the account that is there longest gets it. The others, and what only
-- the site itself may be called, become a number that their owner can change.
UPDATE "accounts" SET "username" = chosen.local, "username_look" = chosen.look FROM (SELECT "id", local, look, row_number() OVER (PARTITION BY look ORDER BY "created_at", "id") AS place FROM (SELECT "id", "created_at", local, replace(replace(replace(replace(replace(replace(replace(local, '.', ''), '_', ''), '-', ''), '0', 'o'), '1', 'l'), 'rn', 'm'), 'vv', 'w') AS look FROM (SELECT "id", "created_at", split_part("email", '@', 1) AS local FROM "accounts") AS addresses WHERE local ~ '^[a-z0-9][a-z0-9._-]{1,31}$') AS names WHERE look NOT LIKE 'member%' AND look NOT IN ('abuse', 'admin', 'administrator', 'anonymous', 'billing', 'daemon', 'everyone', 'guest', 'help', 'hostmaster', 'info', 'latchkey', 'mail', 'mailerdaemon', 'marketing', 'me', 'moderator', 'nobody', 'noc', 'noreply', 'null', 'operator', 'operators', 'owner', 'postmaster', 'root', 'sales', 'security', 'staff', 'superuser', 'support', 'sysadmin', 'system', 'undefined', 'webmaster', 'www')) AS chosen WHERE chosen.place = 1 AND chosen."id" = "accounts"."id";--> statement-breakpoint
UPDATE "accounts" SET "username" = 'member-' || "uid", "username_look" = replace(replace(replace(replace(replace(replace(replace('member' || "uid", '.', ''), '_', ''), '-', ''), '0', 'o'), '1', 'l'), 'rn', 'm'), 'vv', 'w') WHERE "username" = '';--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_username_unique" UNIQUE("username");--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_username_look_unique" UNIQUE("username_look");--> statement-breakpoint
ALTER TABLE "accounts" ALTER COLUMN "username" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "accounts" ALTER COLUMN "username_look" DROP DEFAULT;