ALTER TABLE "accounts" ADD COLUMN "uid" bigint;--> statement-breakpoint
-- Multiplied modulo a prime: each number once, and none tells how many accounts there are.
UPDATE "accounts" SET "uid" = numbered.number * 1103515245 % 2147483647 FROM (SELECT "id", row_number() OVER (ORDER BY "id") AS number FROM "accounts") AS numbered WHERE numbered."id" = "accounts"."id";--> statement-breakpoint
ALTER TABLE "accounts" ALTER COLUMN "uid" SET NOT NULL;--> statement-breakpoint
-- For sign-ups by machines that still run the version before.
ALTER TABLE "accounts" ALTER COLUMN "uid" SET DEFAULT 1 + floor(random() * 2147483646);--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_uid_unique" UNIQUE("uid");
