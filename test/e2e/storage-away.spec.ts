import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { noteBoard } from '../support/boards';
import { type Client, follow } from '../support/client';
import { Installation } from '../support/installation';
import { until } from '../support/until';

/** The storage's folder is missing, or replaced by a file, so that not even root can read or write there. */
describe.each([
  ['is replaced by a file', (folder: string) => writeFile(folder, 'not a folder')],
  ['is missing', () => Promise.resolve()],
])('When the folder of the storage %s', (_, replace) => {
  let installation: Installation;
  let ann: Client;
  let session: string;
  let done: { readonly id: string; readonly file_url: string | null };
  let thumbnail: string;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication({ STORAGE: 'disk', EXPORT_LEASE_SECONDS: '3' }));
    ann = await installation.asUser('ann');
    session = await ann.saveBoard(noteBoard());
    thumbnail = (await ann.post(`/api/v1/solo/sessions/${session}/thumbnail/`)).body.thumbnail_url as string;
    done = await ann.finished((await ann.requestExport(session, 'png')).id);
  });

  beforeEach(storageGoesAway);

  afterEach(storageReturns);

  afterAll(() => installation.remove());

  async function storageGoesAway(): Promise<void> {
    await rename(installation.storageFolder, away());
    await replace(installation.storageFolder);
  }

  async function storageReturns(): Promise<void> {
    if (!existsSync(away())) return;
    await rm(installation.storageFolder, { force: true });
    await rename(away(), installation.storageFolder);
  }

  function away(): string {
    return `${installation.storageFolder}.away`;
  }

  it.each<[string, () => ReturnType<Client['get']>]>([
    ['a download', () => ann.get(`/api/v1/exports/${done.id}/download`)],
    ['a download of a part', () => ann.get(`/api/v1/exports/${done.id}/download`, { range: 'bytes=0-9' })],
    ['a download by link', () => follow(done.file_url)],
    ['a thumbnail', () => ann.get(`/api/v1/solo/sessions/${session}/thumbnail`)],
    ['a thumbnail by link', () => follow(thumbnail)],
    ['the drawing of a thumbnail', () => ann.post(`/api/v1/solo/sessions/${session}/thumbnail/`)],
  ])('%s returns 503 and says when to try again', async (_name, ask) => {
    const response = await ask();

    expect([response.status, response.body]).toEqual([503, expect.objectContaining({ title: 'Service Unavailable' })]);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(response.text).not.toMatch(/ENO|storage|\/tmp/i);
    for (const header of ['etag', 'content-disposition', 'content-range', 'accept-ranges'])
      expect([header, response.headers.get(header)]).toEqual([header, null]);
  });

  it('an uploaded picture returns 503, and is accepted when the storage is back', async () => {
    await storageReturns();
    const { bytes } = await ann.get(`/api/v1/exports/${done.id}/download`);
    await storageGoesAway();
    const send = () => ann.put(`/api/v1/exports/${done.id}/content`, bytes, { 'content-type': 'image/png' });

    const refused = await send();
    await storageReturns();
    const taken = await send();

    expect([refused.status, refused.headers.get('retry-after'), taken.status]).toEqual([503, '5', 200]);
  });

  it('a one-time file returns 503, and can be downloaded once when the storage is back', async () => {
    await installation.sql('UPDATE exports SET one_time = true WHERE id = $1', done.id);
    const path = `/api/v1/export/${done.id}`;

    const refused = await ann.get(path);
    await storageReturns();
    const given = await ann.get(path);
    const again = await ann.get(path);
    await installation.sql('UPDATE exports SET one_time = false WHERE id = $1', done.id);

    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect([given.status, again.status]).toEqual([200, 410]);
  });

  it('deleting a session returns 204 at once, and its files are removed when the storage is back', async () => {
    await storageReturns();
    const doomed = await ann.saveBoard(noteBoard());
    const link = (await ann.post(`/api/v1/solo/sessions/${doomed}/thumbnail/`)).body.thumbnail_url as string;
    const { id } = await ann.finished((await ann.requestExport(doomed, 'png')).id);
    await storageGoesAway();
    const waiting = await ann.requestExport(doomed, 'pdf');

    const deleted = await ann.delete(`/api/v1/solo/sessions/${doomed}/`);
    const responses = [
      await ann.get(`/api/v1/solo/sessions/${doomed}/`),
      await ann.get(`/api/v1/exports/${id}/download`),
      await follow(link),
    ];
    await until('a removal has failed', () =>
      installation.applications[0]!.log.some(({ event }) => event === 'file_removals.failed'),
    );
    await storageReturns();
    // What an operator waits for half a minute.
    await installation.sql('UPDATE file_removals SET due_at = now()');

    expect([deleted.status, ...responses.map(({ status }) => status)]).toEqual([204, 404, 410, 404]);
    expect(await ann.status(waiting.id)).toMatchObject({ status: 'cancelled' });
    await until('the files are gone', async () => {
      const files = await installation.storedFiles();
      return !files.some((file) => [doomed, id, waiting.id].some((part) => file.includes(part)));
    });
    await until(
      'nothing is left to remove',
      async () => (await installation.sql('SELECT FROM file_removals')).length === 0,
    );
  });
});
