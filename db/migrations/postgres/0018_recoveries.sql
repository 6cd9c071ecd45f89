CREATE TABLE "recoveries" (
	"account_id" bigint PRIMARY KEY NOT NULL,
	"begun_at" timestamp (3) with time zone NOT NULL,
	"opens_at" timestamp (3) with time zone NOT NULL,
	"mail_at" timestamp (3) with time zone,
	"address" text NOT NULL,
	"browser" text NOT NULL,
	"system" text
);
--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "email_changed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "recoveries" ADD CONSTRAINT "recoveries_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "recoveries_opens" ON "recoveries" USING btree ("opens_at");--> statement-breakpoint
CREATE INDEX "recoveries_mail" ON "recoveries" USING btree ("mail_at");--> statement-breakpoint
-- By hand: since when accounts from before have their address.
update accounts set email_changed_at = (select max(at) from events where events.account_id = accounts.id and events.kind in ('email_changed', 'email_restored'))
where id in (select account_id from events where kind in ('email_changed', 'email_restored'));
