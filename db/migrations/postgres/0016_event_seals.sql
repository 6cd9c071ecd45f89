CREATE TABLE "event_chain_ends" (
	"which" text PRIMARY KEY NOT NULL,
	"position" bigint NOT NULL,
	"digest" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"seal" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "event_seals" (
	"position" bigint PRIMARY KEY NOT NULL,
	"event_id" text NOT NULL,
	"person" text NOT NULL,
	"salt" text,
	"digest" text NOT NULL,
	"seal" text NOT NULL,
	CONSTRAINT "event_seals_event_id_unique" UNIQUE("event_id")
);
