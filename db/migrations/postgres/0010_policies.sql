CREATE TABLE "policies" (
	"scope" text PRIMARY KEY NOT NULL,
	"group_id" text,
	"level" text NOT NULL,
	"holds_from" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "policies" ADD CONSTRAINT "policies_group_id_groups_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."groups"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "policies_group" ON "policies" USING btree ("group_id");