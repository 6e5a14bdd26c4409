import { randomUUID } from 'node:crypto';
import type { Installation } from './installation';

/** Writes into a storage directly, without the service. */
export interface StorageWriter {
  /** Stores a file of a few bytes with an old date. */
  store(key: string): Promise<unknown>;
  /** Starts an upload with an old date, and does not complete it. */
  beginUpload(key: string): Promise<unknown>;
}

/** The keys in a storage. */
export interface StorageFixture {
  /** Files of completed exports whose retention is over. */
  readonly overdue: readonly string[];
  /** Files of expired exports. */
  readonly expired: readonly string[];
  /** Files that no record references, by their prefix. */
  readonly orphans: Readonly<Record<'exports' | 'pictures' | 'thumbnails', readonly string[]>>;
  readonly abandonedUploads: readonly string[];
  /** Files that the service must not delete. */
  readonly kept: readonly string[];
  readonly keptUploads: readonly string[];
}

const CONCURRENCY = 40;

/** Fills a storage and its records with overdue, expired, orphaned and needed files. */
export async function fillStorage(
  installation: Installation,
  storage: StorageWriter,
  overdueCount: number,
): Promise<StorageFixture> {
  const overdue = await createExports(installation, 'completed', overdueCount);
  const expired = await createExports(installation, 'expired', 20);
  const kept = await createReferencedFiles(installation);
  const running = await createRunningExport(installation);
  const orphans = await createOrphans(installation);
  const fixture: StorageFixture = {
    overdue,
    expired,
    orphans,
    abandonedUploads: [
      `exports/${randomUUID()}/${randomUUID()}.csv`,
      // A lost attempt beside the current one.
      running.key.replace(/[^/]+$/, `${randomUUID()}.csv`),
      `pictures/${randomUUID()}/${randomUUID()}.png`,
      `thumbnails/${randomUUID()}/${randomUUID()}.png`,
    ],
    kept: [
      ...kept,
      running.key,
      'assets/logo.png',
      'assets/exports/a.png',
      'backup/exports/b.csv',
      'exports.csv',
      'picture',
      'foreign',
    ],
    keptUploads: [running.key, 'assets/large.png', 'backup/dump'],
  };
  await installation.sql(`UPDATE exports SET updated_at = now() - interval '2 hours'`);
  const files = [...overdue, ...expired, ...Object.values(orphans).flat(), ...fixture.kept];
  await runConcurrently(files, (key) => storage.store(key));
  await runConcurrently([...fixture.abandonedUploads, ...fixture.keptUploads], (key) => storage.beginUpload(key));
  return fixture;
}

/** @returns the keys of their files, which are not stored yet */
async function createExports(
  installation: Installation,
  status: 'completed' | 'expired',
  count: number,
  expiresIn = '-1 minute',
): Promise<string[]> {
  const rows = await installation.sql<{ storage_key: string }>(
    `INSERT INTO exports (id, kind, format, status, user_id, request_id, storage_key, content_type, file_name, file_size, sha256,
                          created_at, completed_at, expires_at)
     SELECT id, 'data', 'csv', $1, 'ann', 'r', 'exports/' || id || '/' || token || '.csv', 'text/csv', 'a.csv', 5, 's',
            now() - interval '8 days', now() - interval '8 days', now() + $2::interval
     FROM (SELECT gen_random_uuid() AS id, gen_random_uuid() AS token FROM generate_series(1, $3::int)) AS new
     RETURNING storage_key`,
    status,
    expiresIn,
    count,
  );
  return rows.map(({ storage_key: key }) => key);
}

/** Files that records reference. */
async function createReferencedFiles(installation: Installation): Promise<string[]> {
  const completed = await createExports(installation, 'completed', 30, '1 day');
  const pictures = await createExports(installation, 'completed', 5, '1 day');
  await installation.sql(
    `UPDATE exports SET storage_key = replace(storage_key, 'exports/', 'pictures/') WHERE storage_key = ANY($1)`,
    pictures,
  );
  const sessions = await installation.sql<{ thumbnail_key: string }>(
    `INSERT INTO solo_sessions (id, user_id, name, state, page_count, thumbnail_key)
     SELECT id, 'ann', 'Board', '{}', 1, 'thumbnails/' || id || '/' || gen_random_uuid() || '.png'
     FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, 5)) AS new RETURNING thumbnail_key`,
  );
  return [
    ...completed,
    ...pictures.map((key) => key.replace('exports/', 'pictures/')),
    ...sessions.map(({ thumbnail_key: key }) => key),
  ];
}

/** An export whose attempt has stored its file and is about to complete. */
async function createRunningExport(installation: Installation): Promise<{ id: string; key: string }> {
  const [id, token] = [randomUUID(), randomUUID()];
  await installation.sql(
    `INSERT INTO exports (id, kind, format, status, user_id, request_id, attempt_token, heartbeat_at, attempts)
     VALUES ($1, 'data', 'csv', 'processing', 'ann', 'r', $2, now() + interval '1 day', 2)`,
    id,
    token,
  );
  return { id, key: `exports/${id}/${token}.csv` };
}

/** Orphaned files of each prefix. */
async function createOrphans(installation: Installation): Promise<StorageFixture['orphans']> {
  const ids: Record<string, string> = {};
  for (const status of ['pending', 'failed', 'cancelled', 'completed']) {
    const [id, other] = [randomUUID(), randomUUID()];
    await installation.sql(
      `INSERT INTO exports (id, kind, format, status, user_id, request_id, error, storage_key, sha256, retry_at)
       VALUES ($1, 'data', 'csv', $2, 'ann', 'r', 'It failed', CASE WHEN $2 = 'completed' THEN $3 END, 's', now() + interval '1 day')`,
      id,
      status,
      `exports/${id}/${other}.csv`,
    );
    ids[status] = id;
  }
  const { id: running } = await createRunningExport(installation);
  const [{ id: session } = { id: '' }] = await installation.sql<{ id: string }>(
    `INSERT INTO solo_sessions (id, user_id, name, state, page_count) VALUES ($1, 'ann', 'Board', '{}', 1) RETURNING id`,
    randomUUID(),
  );
  const any = Array.from({ length: 600 }, () => randomUUID());
  return {
    exports: [
      ...[...Object.values(ids), running, ...any].map((id) => `exports/${id}/${randomUUID()}.csv`),
      'exports/notes.txt',
      `exports/${ids['completed']!}/deep/er.csv`,
      'exports/not-an-id/file.csv',
    ],
    pictures: [`pictures/${randomUUID()}/${randomUUID()}.png`, `pictures/${ids['failed']!}/${randomUUID()}.png`],
    thumbnails: [`thumbnails/${randomUUID()}/${randomUUID()}.png`, `thumbnails/${session}/${randomUUID()}.png`],
  };
}

async function runConcurrently<Element>(
  elements: readonly Element[],
  act: (element: Element) => Promise<unknown>,
): Promise<void> {
  const waiting = elements.values();
  const lane = async () => {
    for (const element of waiting) await act(element);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, lane));
}
