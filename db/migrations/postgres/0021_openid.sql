CREATE TABLE "client_claims" (
	"app_id" text NOT NULL,
	"group_id" text NOT NULL,
	"claim" text NOT NULL,
	"value" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "client_uris" (
	"app_id" text NOT NULL,
	"purpose" text NOT NULL,
	"uri" text NOT NULL,
	"position" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "clients" (
	"app_id" text PRIMARY KEY NOT NULL,
	"auth_method" text NOT NULL,
	"secret_hash" text,
	"previous_hash" text,
	"previous_until" timestamp (3) with time zone,
	"jwks" text,
	"jwks_uri" text,
	"signing_alg" text NOT NULL,
	"needs_pkce" bigint NOT NULL,
	"is_third_party" bigint NOT NULL,
	"pairwise_salt" text,
	"is_strict" bigint NOT NULL,
	"uses_device_flow" bigint NOT NULL,
	"backchannel_uri" text,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "openid_consents" (
	"account_id" bigint NOT NULL,
	"app_id" text NOT NULL,
	"scopes" text NOT NULL,
	"given_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "openid_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"alg" text NOT NULL,
	"position" bigint NOT NULL,
	"sealed" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"used_from" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "openid_records" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"session_id" text,
	"app_id" text,
	"grant_id" text,
	"uid_hash" text,
	"payload" text NOT NULL,
	"consumed_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "openid_sign_ins" (
	"session_id" text NOT NULL,
	"app_id" text NOT NULL,
	"subject" text NOT NULL,
	"sid" text NOT NULL,
	"scopes" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "openid_sign_outs" (
	"id" text PRIMARY KEY NOT NULL,
	"app_id" text NOT NULL,
	"subject" text NOT NULL,
	"sid" text NOT NULL,
	"attempts" bigint DEFAULT 0 NOT NULL,
	"next_attempt_at_ms" bigint DEFAULT 0 NOT NULL,
	"claimed_until_ms" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
ALTER TABLE "client_claims" ADD CONSTRAINT "client_claims_app_id_clients_app_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."clients"("app_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "client_claims" ADD CONSTRAINT "client_claims_group_id_groups_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."groups"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "client_uris" ADD CONSTRAINT "client_uris_app_id_clients_app_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."clients"("app_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clients" ADD CONSTRAINT "clients_app_id_apps_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."apps"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "openid_consents" ADD CONSTRAINT "openid_consents_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "openid_consents" ADD CONSTRAINT "openid_consents_app_id_clients_app_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."clients"("app_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "openid_records" ADD CONSTRAINT "openid_records_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "openid_records" ADD CONSTRAINT "openid_records_app_id_clients_app_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."clients"("app_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "openid_sign_ins" ADD CONSTRAINT "openid_sign_ins_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "openid_sign_ins" ADD CONSTRAINT "openid_sign_ins_app_id_clients_app_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."clients"("app_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "client_claims_app_group_claim" ON "client_claims" USING btree ("app_id","group_id","claim");--> statement-breakpoint
CREATE INDEX "client_claims_group" ON "client_claims" USING btree ("group_id");--> statement-breakpoint
CREATE UNIQUE INDEX "client_uris_app_purpose_uri" ON "client_uris" USING btree ("app_id","purpose","uri");--> statement-breakpoint
CREATE UNIQUE INDEX "openid_consents_account_app" ON "openid_consents" USING btree ("account_id","app_id");--> statement-breakpoint
CREATE INDEX "openid_consents_app" ON "openid_consents" USING btree ("app_id");--> statement-breakpoint
CREATE UNIQUE INDEX "openid_keys_alg_position" ON "openid_keys" USING btree ("alg","position");--> statement-breakpoint
CREATE INDEX "openid_records_session" ON "openid_records" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "openid_records_app" ON "openid_records" USING btree ("app_id");--> statement-breakpoint
CREATE INDEX "openid_records_grant" ON "openid_records" USING btree ("grant_id");--> statement-breakpoint
CREATE UNIQUE INDEX "openid_records_uid" ON "openid_records" USING btree ("uid_hash");--> statement-breakpoint
CREATE INDEX "openid_records_expiry" ON "openid_records" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "openid_sign_ins_session_app" ON "openid_sign_ins" USING btree ("session_id","app_id");--> statement-breakpoint
CREATE INDEX "openid_sign_ins_app" ON "openid_sign_ins" USING btree ("app_id");--> statement-breakpoint
CREATE INDEX "openid_sign_outs_next_attempt" ON "openid_sign_outs" USING btree ("next_attempt_at_ms");--> statement-breakpoint
CREATE FUNCTION "openid_signed_out"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO "openid_sign_outs" ("id", "app_id", "subject", "sid")
	SELECT gen_random_uuid()::text, OLD."app_id", OLD."subject", OLD."sid" FROM "clients" WHERE "app_id" = OLD."app_id" AND "backchannel_uri" IS NOT NULL;
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "openid_signed_out" AFTER DELETE ON "openid_sign_ins" FOR EACH ROW EXECUTE FUNCTION "openid_signed_out"();
