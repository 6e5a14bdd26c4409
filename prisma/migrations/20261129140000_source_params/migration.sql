-- What a source was asked for: its own parameters, and the id of the thing that is exported. Processes of the version before leave
-- both null, and describe the request by "type", "session_id", "event_id", "data_types", "filters" and "options", which stay.
ALTER TABLE "exports"
  ADD COLUMN "params" JSONB,
  ADD COLUMN "subject" TEXT;
