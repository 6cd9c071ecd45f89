CREATE TABLE "rescues" (
	"account_id" bigint PRIMARY KEY NOT NULL,
	"code_hash" text,
	"asked_by" bigint,
	"reason" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "rescues" ADD CONSTRAINT "rescues_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "rescues_expiry" ON "rescues" USING btree ("expires_at");