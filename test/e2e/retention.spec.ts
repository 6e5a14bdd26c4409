import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Client } from '../support/client';
import { sha256 } from '../support/client';
import { Installation } from '../support/installation';
import { fillStorage, type StorageWriter, type StorageFixture } from '../support/storage-fixture';
import { scaled } from '../support/machine';
import { total } from '../support/metrics';
import { download } from '../support/one-time';
import type { Service } from '../support/service';
import { until } from '../support/until';

const OVERDUE = 10_000;
/** The bound that the documentation promises. */
const WITHIN_MS = 60_000;
const LARGE = 8 * 1024 * 1024;

/** Writes files with an age of two hours. */
function onDisk(folder: string): StorageWriter {
  const write = async (path: string) => {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, 'bytes');
    const longAgo = Date.now() / 1000 - 7_200;
    await utimes(file, longAgo, longAgo);
  };
  return { store: write, beginUpload: (key) => write(`.uploads/${key}~${randomUUID()}`) };
}

describe('Ten thousand overdue files, and orphaned files', () => {
  let installation: Installation;
  let workers: Service[];
  let fixture: StorageFixture;
  let seconds: number;
  let countedBeforeDownload: number;
  let ann: Client;
  const young = [
    `exports/${randomUUID()}/${randomUUID()}.csv`,
    `.uploads/exports/${randomUUID()}/a.csv~${randomUUID()}`,
  ];
  const oneTime = { id: randomUUID(), bytes: randomBytes(LARGE) };
  const oneTimeKey = `exports/${oneTime.id}/${randomUUID()}.csv`;

  beforeAll(async () => {
    installation = await Installation.create({ STORAGE: 'disk' });
    fixture = await fillStorage(installation, onDisk(installation.storageFolder), OVERDUE);
    for (const file of young) {
      await mkdir(join(installation.storageFolder, dirname(file)), { recursive: true });
      await writeFile(join(installation.storageFolder, file), 'bytes');
    }
    const api = await installation.startApplication({ ROLE: 'api' });
    ann = await installation.asUser('ann', { at: api });
    const pending = await startOneTimeDownload();

    const startedAt = Date.now();
    workers = await Promise.all([installation.start({ ROLE: 'worker' }), installation.start({ ROLE: 'worker' })]);
    await until('the files are deleted', allIsGone, { within: WITHIN_MS, every: 100 });
    seconds = (Date.now() - startedAt) / 1000;
    await until('the files are counted', async () => (await removed('expired')) >= filesToExpire());
    countedBeforeDownload = await removed('expired');
    pending.resume();
    expect(sha256(oneTime.bytes)).toBe((await pending.end).sha256);
  });

  afterAll(() => installation.remove());

  /** A one-time file that expires during its download. */
  async function startOneTimeDownload(): Promise<{ resume: () => void; end: ReturnType<typeof download> }> {
    await installation.sql(
      `INSERT INTO exports (id, kind, format, status, user_id, request_id, one_time, storage_key, content_type, file_name, file_size,
                            sha256, expires_at)
       VALUES ($1, 'data', 'csv', 'completed', 'ann', 'r', true, $2, 'text/csv', 'a.csv', $3, $4, now() + interval '1 hour')`,
      oneTime.id,
      oneTimeKey,
      LARGE,
      sha256(oneTime.bytes),
    );
    await onDisk(installation.storageFolder).store(oneTimeKey);
    await writeFile(join(installation.storageFolder, oneTimeKey), oneTime.bytes);
    let resume: () => void = () => undefined;
    const resumed = new Promise<void>((resolve) => (resume = resolve));
    const { file_url: link } = await ann.status(oneTime.id);
    const end = download(link!, { pauseAt: 1024, resumed });
    await until('it is being downloaded', async () => {
      const [row] = await installation.sql(
        'SELECT 1 FROM exports WHERE id = $1 AND download_lease > now()',
        oneTime.id,
      );
      return row;
    });
    await installation.sql(`UPDATE exports SET expires_at = now() - interval '1 second' WHERE id = $1`, oneTime.id);
    return { resume, end };
  }

  const filesToExpire = () => OVERDUE + fixture.expired.length;

  const removed = (kind: string) => total(`sweep_removed_total{kind="${kind}"}`, ...workers);

  async function allIsGone(): Promise<boolean> {
    const [{ left } = { left: -1 }] = await installation.sql<{ left: number }>(
      `SELECT count(*)::int AS left FROM exports WHERE storage_key IS NOT NULL AND expires_at < now() AND id <> $1`,
      oneTime.id,
    );
    const swept = await installation.sql(`SELECT 1 FROM export_audit_log WHERE action = 'storage.swept'`);
    return left === 0 && swept.length > 0;
  }

  it('are deleted within a minute, and no other files', async () => {
    await until('the downloaded file is deleted', async () => !(await installation.storedFiles()).includes(oneTimeKey));
    const files = await installation.storedFiles();

    const uploads = files.filter((file) => file.startsWith('.uploads/')).map((file) => file.replace(/~.*/, ''));
    expect(files.filter((file) => !file.startsWith('.uploads/'))).toEqual([...fixture.kept, young[0]].sort());
    expect(uploads).toEqual(
      [...fixture.keptUploads.map((key) => `.uploads/${key}`), young[1]!.replace(/~.*/, '')].sort(),
    );
    expect(seconds).toBeLessThan(scaled(WITHIN_MS) / 1000);
  });

  it('leave expired records without files', async () => {
    const rows = await installation.sql(
      `SELECT status, count(*)::int AS exports, count(storage_key)::int AS with_file FROM exports WHERE id <> $1
       GROUP BY status ORDER BY status`,
      oneTime.id,
    );

    expect(rows).toEqual([
      { status: 'cancelled', exports: 1, with_file: 0 },
      { status: 'completed', exports: 36, with_file: 36 },
      { status: 'expired', exports: OVERDUE + fixture.expired.length, with_file: 0 },
      { status: 'failed', exports: 1, with_file: 0 },
      { status: 'pending', exports: 1, with_file: 0 },
      { status: 'processing', exports: 2, with_file: 0 },
    ]);
  });

  it('are written to the audit log once each', async () => {
    const rows = await installation.sql(
      `SELECT action, count(*)::int, count(DISTINCT export_id)::int AS exports FROM export_audit_log
       WHERE action IN ('export.expired', 'storage.swept', 'export.failed') GROUP BY action ORDER BY action`,
    );
    const [{ details } = {}] = await installation.sql<{ details: object }>(
      `SELECT details FROM export_audit_log WHERE action = 'storage.swept'`,
    );

    const { exports, pictures, thumbnails } = fixture.orphans;
    expect(rows).toEqual([
      { action: 'export.expired', count: OVERDUE, exports: OVERDUE },
      { action: 'storage.swept', count: 1, exports: 0 },
    ]);
    expect(details).toEqual({
      exports: exports.length,
      pictures: pictures.length,
      thumbnails: thumbnails.length,
      uploads: fixture.abandonedUploads.length,
      bytes: 5 * (exports.length + pictures.length + thumbnails.length),
    });
  });

  it('are counted once across all processes', async () => {
    const orphans = Object.values(fixture.orphans).flat().length;
    expect(countedBeforeDownload).toBe(filesToExpire());
    // The downloaded file is deleted by its download, or by an expiry that comes first.
    expect((await removed('expired')) - filesToExpire()).toBeLessThanOrEqual(1);
    expect(await removed('orphan')).toBe(orphans);
    expect(await removed('upload')).toBe(fixture.abandonedUploads.length);
    expect(await total('sweeps_total{sweep="storage",outcome="completed"}', ...workers)).toBe(1);
    expect(await total('sweeps_total{sweep="expiry",outcome="completed"}', ...workers)).toBeGreaterThan(1);
    expect(await total('sweeps_total{sweep="expiry",outcome="failed"}', ...workers)).toBe(0);
  });
});
