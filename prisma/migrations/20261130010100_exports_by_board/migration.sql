-- A board that is deleted ends the exports of several boards that contain it.
CREATE INDEX CONCURRENTLY "exports_boards_idx" ON "exports" USING gin ("params" jsonb_path_ops) WHERE "kind" = 'boards';
