-- How long a board takes to draw, as it was estimated for one of its revisions.
ALTER TABLE "solo_sessions" ADD COLUMN "drawing_cost" JSONB;
