CREATE TABLE "app_groups" (
	"app_id" text NOT NULL,
	"group_id" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "app_hosts" (
	"host" text PRIMARY KEY NOT NULL,
	"app_id" text NOT NULL,
	"position" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "app_networks" (
	"app_id" text NOT NULL,
	"network" text NOT NULL,
	"level" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "app_paths" (
	"app_id" text NOT NULL,
	"path" text NOT NULL,
	"level" text NOT NULL,
	"max_age" bigint
);
--> statement-breakpoint
CREATE TABLE "apps" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"title" text NOT NULL,
	"level" text NOT NULL,
	"max_age" bigint,
	"takes_tokens" bigint NOT NULL,
	"tells_identity" bigint NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"revision" text NOT NULL,
	CONSTRAINT "apps_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "gate_codes" (
	"code_hash" text PRIMARY KEY NOT NULL,
	"session_id" text NOT NULL,
	"host" text NOT NULL,
	"nonce_hash" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "gate_sessions" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"session_id" text NOT NULL,
	"host" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "password_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "app_groups" ADD CONSTRAINT "app_groups_app_id_apps_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."apps"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "app_groups" ADD CONSTRAINT "app_groups_group_id_groups_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."groups"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "app_hosts" ADD CONSTRAINT "app_hosts_app_id_apps_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."apps"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "app_networks" ADD CONSTRAINT "app_networks_app_id_apps_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."apps"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "app_paths" ADD CONSTRAINT "app_paths_app_id_apps_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."apps"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gate_codes" ADD CONSTRAINT "gate_codes_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gate_codes" ADD CONSTRAINT "gate_codes_host_app_hosts_host_fk" FOREIGN KEY ("host") REFERENCES "public"."app_hosts"("host") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gate_sessions" ADD CONSTRAINT "gate_sessions_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gate_sessions" ADD CONSTRAINT "gate_sessions_host_app_hosts_host_fk" FOREIGN KEY ("host") REFERENCES "public"."app_hosts"("host") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "app_groups_app_group" ON "app_groups" USING btree ("app_id","group_id");--> statement-breakpoint
CREATE INDEX "app_groups_group" ON "app_groups" USING btree ("group_id");--> statement-breakpoint
CREATE UNIQUE INDEX "app_hosts_app_position" ON "app_hosts" USING btree ("app_id","position");--> statement-breakpoint
CREATE UNIQUE INDEX "app_networks_app_network" ON "app_networks" USING btree ("app_id","network");--> statement-breakpoint
CREATE UNIQUE INDEX "app_paths_app_path" ON "app_paths" USING btree ("app_id","path");--> statement-breakpoint
CREATE INDEX "gate_codes_session" ON "gate_codes" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "gate_codes_host" ON "gate_codes" USING btree ("host");--> statement-breakpoint
CREATE INDEX "gate_codes_expiry" ON "gate_codes" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "gate_sessions_session_host" ON "gate_sessions" USING btree ("session_id","host");--> statement-breakpoint
CREATE INDEX "gate_sessions_host" ON "gate_sessions" USING btree ("host");