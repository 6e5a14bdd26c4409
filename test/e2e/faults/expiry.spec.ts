import { mkdir, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { noteBoard } from '../../support/boards';
import { follow } from '../../support/client';
import { expectStored } from '../../support/exactly-one-file';
import { Installation } from '../../support/installation';
import { until } from '../../support/until';

const TWO_SECONDS_IN_DAYS = String(2 / 86_400);

describe('When the time of a file is over', () => {
  let installation: Installation;

  beforeAll(async () => {
    ({ installation } = await Installation.withService({ STORAGE: 'disk', RETENTION_DAYS: TWO_SECONDS_IN_DAYS }));
  });

  afterAll(() => installation.remove());

  it('it is deleted, and its links say that it is gone', async () => {
    const ann = await installation.asUser('ann');
    const { id } = await ann.requestExport(await ann.saveBoard(noteBoard()), 'png');
    const { file_url: link } = await ann.reaches(id, 'completed', { every: 10 });

    const expired = await ann.reaches(id, 'expired');
    const gone = await follow(link);

    expect(expired).toMatchObject({ file_url: null, progress: { percent: 100 } });
    expect(expired.file_size).toBeGreaterThan(0);
    expect(gone.status).toBe(410);
    expect(gone.body).toMatchObject({ status: 410, detail: expect.stringContaining('expired') });
    expect((await ann.get(`/api/v1/exports/${id}/download/`)).status).toBe(410);
    await expectStored(installation, id, []);
    expect(await installation.history(id)).toEqual([
      ...['export.requested', 'export.started', 'export.completed', 'export.expired'],
    ]);
  });

  it('its end is not held up by many others that cannot be deleted', async () => {
    const keep = (count: number, first: string) =>
      installation.sql<{ id: string; storage_key: string }>(
        `INSERT INTO exports (id, kind, format, status, user_id, request_id, storage_key, sha256)
         SELECT id, 'data', 'csv', 'expired', 'ann', 'r', 'exports/' || id || '/file.csv', 's'
         FROM (SELECT overlay(gen_random_uuid()::text placing $2 from 1)::uuid AS id FROM generate_series(1, $1::int)) AS new
         RETURNING id, storage_key`,
        ...[count, first],
      );
    // More than are looked at in one go, and all of them before the one that can be deleted.
    await mkdir(join(installation.storageFolder, 'exports'), { recursive: true });
    const stubborn = await keep(600, '0000');
    await Promise.all(stubborn.map(({ id }) => symlink(id, join(installation.storageFolder, 'exports', id))));
    const [last] = await keep(1, 'ffff');
    await mkdir(join(installation.storageFolder, 'exports', last!.id));

    await writeFile(join(installation.storageFolder, last!.storage_key), 'bytes');
    await until('it is deleted', async () => {
      const [row] = await installation.sql('SELECT 1 FROM exports WHERE id = $1 AND storage_key IS NULL', last!.id);
      return row;
    });

    const left = await installation.sql(`SELECT id FROM exports WHERE storage_key IS NOT NULL`);
    expect(left).toHaveLength(600);
    await Promise.all(stubborn.map(({ id }) => unlink(join(installation.storageFolder, 'exports', id))));
    await until('the others follow', async () => {
      const rows = await installation.sql(`SELECT id FROM exports WHERE storage_key IS NOT NULL`);
      return rows.length === 0;
    });
  });
});
