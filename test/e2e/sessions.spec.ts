import { lessonBoard, noteBoard, pagesBoard } from '../support/boards';
import { type Client, follow } from '../support/client';
import { pngSize } from '../support/files';
import { Installation } from '../support/installation';
import { until } from '../support/until';

const SESSIONS = '/api/v1/solo/sessions/';

describe('A board session', () => {
  let installation: Installation;
  let ann: Client;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication({ STORAGE: 'disk' }));
    ann = await installation.asUser('ann');
  });

  afterAll(() => installation.remove());

  it('is created, read, updated and deleted', async () => {
    const state = pagesBoard(2);

    const created = await ann.post(SESSIONS, { name: 'Алгебра', state });
    const shown = await ann.get(`${SESSIONS}${created.body.id}/`);
    const renamed = await ann.patch(`${SESSIONS}${created.body.id}/`, { name: 'Geometry' });
    const redrawn = await ann.patch(`${SESSIONS}${created.body.id}/`, { state: pagesBoard(3) });
    const deleted = await ann.delete(`${SESSIONS}${created.body.id}/`);
    const missing = await ann.get(`${SESSIONS}${created.body.id}/`);

    expect(created.status).toBe(201);
    expect(Object.keys(created.body as object).sort()).toEqual([
      'created_at',
      'id',
      'is_shared',
      'name',
      'owner_id',
      'page_count',
      'rev',
      'state',
      'thumbnail_url',
      'updated_at',
      'version',
    ]);
    expect(shown.body).toMatchObject({ name: 'Алгебра', page_count: 2, rev: 1, thumbnail_url: null, state });
    expect(shown.body).toMatchObject({ owner_id: 'ann', is_shared: false, version: 1 });
    expect(renamed.body).toMatchObject({ name: 'Geometry', page_count: 2, rev: 2, version: 2, state });
    expect(redrawn.body).toMatchObject({ name: 'Geometry', page_count: 3, rev: 3 });
    expect([deleted.status, deleted.bytes.length, missing.status]).toEqual([204, 0, 404]);
    expect(missing.body).toMatchObject({ detail: 'Session not found' });
  });

  it('is listed in pages without its state', async () => {
    const bob = await installation.asUser('bob');
    const ids = [await bob.saveBoard(noteBoard()), await bob.saveBoard(noteBoard()), await bob.saveBoard(null)];

    const first = await bob.get(`${SESSIONS}?limit=2`);
    const second = await bob.get(first.body.next as string);

    expect(first.body).toMatchObject({ count: 3, results: [{ id: ids[2] }, { id: ids[1] }] });
    expect(second.body).toMatchObject({ count: 3, next: null, results: [{ id: ids[0] }] });
    expect(first.body.results[0]).toMatchObject({ owner_id: 'bob', is_shared: false, rev: 1, version: 1 });
    expect(first.text).not.toContain('"state"');
  });

  it('is duplicated with its state', async () => {
    const original = await ann.saveBoard(pagesBoard(2), 'Lesson');

    const copy = await ann.post(`${SESSIONS}${original}/duplicate/`);

    expect(copy.status).toBe(201);
    expect(copy.body).toMatchObject({ name: 'Lesson (copy)', rev: 1, page_count: 2, state: pagesBoard(2) });
    expect(copy.body.id).not.toBe(original);
  });

  it('has a thumbnail whose link works without a header', async () => {
    const id = await ann.saveBoard(noteBoard());

    const drawn = await ann.post(`${SESSIONS}${id}/thumbnail/`);
    const picture = await follow(drawn.body.thumbnail_url as string);
    const listed = await ann.get(SESSIONS);

    expect(drawn.body).toMatchObject({ status: 'completed' });
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(pngSize(picture.bytes)).toEqual({ width: 320, height: 240 });
    expect(listed.body.results[0]).toMatchObject({ id, thumbnail_url: expect.stringContaining('signature=') });
    expect((await installation.asAnonymous().get(`${SESSIONS}${id}/thumbnail`)).status).toBe(401);
    expect((await follow((drawn.body.thumbnail_url as string).replace(/.$/, '~'))).status).toBe(403);
  });

  it('keeps only the last thumbnail', async () => {
    const id = await ann.saveBoard(noteBoard());

    for (let time = 0; time < 3; time += 1) expect((await ann.post(`${SESSIONS}${id}/thumbnail/`)).status).toBe(200);
    await Promise.all([1, 2, 3, 4].map(() => ann.post(`${SESSIONS}${id}/thumbnail/`)));

    await until('one is left', async () => (await thumbnailsOf(id)).length === 1, { within: 3_000 }).catch(() => null);
    expect(await thumbnailsOf(id)).toHaveLength(1);
  });

  it('discards a thumbnail when the board changes while it is drawn', async () => {
    const id = await ann.saveBoard(lessonBoard(1, 500));
    let isDrawn = false as boolean;

    const drawing = ann.post(`${SESSIONS}${id}/thumbnail/`).finally(() => (isDrawn = true));
    while (!isDrawn) await ann.patch(`${SESSIONS}${id}/`, { name: 'Changed' });

    expect((await drawing).status).toBe(409);
    expect((await ann.get(`${SESSIONS}${id}/`)).body).toMatchObject({ thumbnail_url: null });
    expect(await thumbnailsOf(id)).toEqual([]);
  });

  it('is deleted with its thumbnail and exports', async () => {
    const id = await ann.saveBoard(noteBoard());
    await ann.post(`${SESSIONS}${id}/thumbnail/`);
    const finished = await ann.requestExport(id, 'png');
    await ann.finished(finished.id);
    await ann.patch(`${SESSIONS}${id}/`, { state: lessonBoard(40) });
    const running = await ann.requestExport(id, 'png');

    await ann.delete(`${SESSIONS}${id}/`);

    expect(await ann.status(finished.id)).toMatchObject({ status: 'expired', file_url: null });
    expect(await ann.status(running.id)).toMatchObject({ status: 'cancelled', file_url: null });
    await until('the files are gone', async () => {
      const files = await installation.storedFiles();
      return !files.some((file) => [id, finished.id, running.id].some((part) => file.includes(part)));
    });
  });

  it('is deleted with more exports than fit on one page', async () => {
    const id = await ann.saveBoard(noteBoard());
    await installation.sql(
      `INSERT INTO exports (id, kind, format, status, user_id, session_id, request_id, storage_key, content_type,
                            file_name, file_size, sha256, completed_at, expires_at)
       SELECT id, 'board', 'json', 'completed', 'ann', $1, 'r', 'exports/' || id || '/file.json', 'application/json',
              'a.json', 5, 's', now(), now() + interval '1 day'
       FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, 201)) AS new`,
      id,
    );

    await ann.delete(`${SESSIONS}${id}/`);

    const left = await installation.sql(`SELECT FROM exports WHERE session_id = $1 AND status <> 'expired'`, id);
    expect(left).toHaveLength(0);
  });

  async function thumbnailsOf(id: string): Promise<string[]> {
    return (await installation.storedFiles()).filter((file) => file.startsWith(`thumbnails/${id}/`));
  }
});
