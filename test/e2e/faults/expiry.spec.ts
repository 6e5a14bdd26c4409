import { randomUUID } from 'node:crypto';
import { mkdir, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { noteBoard } from '../../support/boards';
import { follow } from '../../support/client';
import { expectStored } from '../../support/exactly-one-file';
import { Installation } from '../../support/installation';
import { until } from '../../support/until';

const TWO_SECONDS_IN_DAYS = String(2 / 86_400);

describe('When the retention of a file ends', () => {
  let installation: Installation;

  beforeAll(async () => {
    ({ installation } = await Installation.withService({ STORAGE: 'disk', RETENTION_DAYS: TWO_SECONDS_IN_DAYS }));
  });

  afterAll(() => installation.remove());

  it('it is deleted and its links return 410', async () => {
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
      'export.requested',
      'export.started',
      'export.completed',
      'export.expired',
    ]);
  });

  it('its deletion is not delayed by many files that cannot be deleted', async () => {
    const idOf = (first: string) => `${first}${randomUUID().slice(first.length)}`;
    const folderOf = (id: string) => join(installation.storageFolder, 'exports', id);
    const keep = (...ids: string[]) =>
      installation.sql(
        `INSERT INTO exports (id, kind, format, status, user_id, request_id, storage_key, sha256)
         SELECT id, 'data', 'csv', 'expired', 'ann', 'r', 'exports/' || id || '/file.csv', 's' FROM unnest($1::uuid[]) AS id`,
        ids,
      );
    // More than are looked at in one go, and all of them before the one that can be deleted. The files are there before
    // their records: a sweep may come at any moment.
    const stubborn = Array.from({ length: 600 }, () => idOf('0000'));
    const last = idOf('ffff');
    await mkdir(folderOf(last), { recursive: true });
    await writeFile(join(folderOf(last), 'file.csv'), 'bytes');
    await Promise.all(stubborn.map((id) => symlink(id, folderOf(id))));
    await keep(...stubborn, last);

    await until('it is deleted', async () => {
      const [row] = await installation.sql('SELECT 1 FROM exports WHERE id = $1 AND storage_key IS NULL', last);
      return row;
    });

    const left = await installation.sql(`SELECT id FROM exports WHERE storage_key IS NOT NULL`);
    expect(left).toHaveLength(600);
    await expectStored(installation, last, []);
    await Promise.all(stubborn.map((id) => unlink(folderOf(id))));
    await until('the others follow', async () => {
      const rows = await installation.sql(`SELECT id FROM exports WHERE storage_key IS NOT NULL`);
      return rows.length === 0;
    });
  });
});
