import { randomUUID } from 'node:crypto';
import type { Installation } from './installation';

/** A storage as a test fills it, past the service. */
export interface Place {
  /** Leaves a file of a few bytes, written long ago. */
  store(key: string): Promise<unknown>;
  /** Leaves the beginning of an upload, written long ago. */
  beginUpload(key: string): Promise<unknown>;
}

/** What lies in a storage. */
export interface StorageFixture {
  /** Exports whose time is over, and their files. */
  readonly overdue: readonly string[];
  /** Files of exports that were given up before, and whose bytes are still there. */
  readonly givenUp: readonly string[];
  /** By the first part of their keys: files that nothing stands for. */
  readonly orphans: Readonly<Record<'exports' | 'pictures' | 'thumbnails', readonly string[]>>;
  readonly abandonedUploads: readonly string[];
  /** What has to be there afterwards, as it is now. */
  readonly kept: readonly string[];
  readonly keptUploads: readonly string[];
}

const AT_ONCE = 40;

/** Fills a storage and its records with files whose time is over, with what was left behind, and with what is needed. */
export async function fillStorage(
  installation: Installation,
  place: Place,
  overdueCount: number,
): Promise<StorageFixture> {
  const overdue = await keepMany(installation, 'completed', overdueCount);
  const givenUp = await keepMany(installation, 'expired', 20);
  const kept = await keepWanted(installation);
  const running = await keepRunning(installation);
  const orphans = await namesOfNobody(installation);
  const fixture: StorageFixture = {
    overdue,
    givenUp,
    orphans,
    abandonedUploads: [
      `exports/${randomUUID()}/${randomUUID()}.csv`,
      // An attempt that was lost, beside the one that runs.
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
  const files = [...overdue, ...givenUp, ...Object.values(orphans).flat(), ...fixture.kept];
  await inLanes(files, (key) => place.store(key));
  await inLanes([...fixture.abandonedUploads, ...fixture.keptUploads], (key) => place.beginUpload(key));
  return fixture;
}

/** @returns the keys of their files */
async function keepMany(
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

/** Files that records name. */
async function keepWanted(installation: Installation): Promise<string[]> {
  const completed = await keepMany(installation, 'completed', 30, '1 day');
  const pictures = await keepMany(installation, 'completed', 5, '1 day');
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

/** An export that somebody is at work on, who has stored the file and is about to say so. */
async function keepRunning(installation: Installation): Promise<{ id: string; key: string }> {
  const [id, token] = [randomUUID(), randomUUID()];
  await installation.sql(
    `INSERT INTO exports (id, kind, format, status, user_id, request_id, attempt_token, heartbeat_at, attempts)
     VALUES ($1, 'data', 'csv', 'processing', 'ann', 'r', $2, now() + interval '1 day', 2)`,
    id,
    token,
  );
  return { id, key: `exports/${id}/${token}.csv` };
}

/** Of each kind, files that no record stands for (any more). */
async function namesOfNobody(installation: Installation): Promise<StorageFixture['orphans']> {
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
  const { id: running } = await keepRunning(installation);
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

async function inLanes<Element>(
  elements: readonly Element[],
  act: (element: Element) => Promise<unknown>,
): Promise<void> {
  const waiting = elements.values();
  const lane = async () => {
    for (const element of waiting) await act(element);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}
