import { lessonBoard, noteBoard } from '../support/boards';
import type { Client, ExportRecord } from '../support/client';
import { Installation } from '../support/installation';
import { serverSentEvents } from '../support/server-sent-events';

/** How a caller learns what becomes of an export: by asking, by listing, or by listening. */
describe('Following an export', () => {
  let installation: Installation;
  let ann: Client;
  let session: string;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication());
    ann = await installation.asUser('ann');
    session = await ann.saveBoard(noteBoard());
  });

  afterAll(() => installation.remove());

  it('costs nothing while nothing changes', async () => {
    const { id } = await ann.requestExport(session, 'png');
    await ann.finished(id);
    const path = `/api/v1/exports/${id}/`;
    const first = await ann.get(path);

    const tag = first.headers.get('etag')!;
    const known = await ann.get(path, { 'If-None-Match': tag });
    const alsoKnown = await ann.get(path, { 'If-None-Match': `"other", ${tag}` });
    const unknown = await ann.get(path, { 'If-None-Match': '"other"' });

    expect([known.status, alsoKnown.status, unknown.status]).toEqual([304, 304, 200]);
    expect(known.bytes).toHaveLength(0);
    expect(known.headers.get('etag')).toBe(tag);
    expect(first.headers.get('retry-after')).toBeNull();
  });

  it('returns Retry-After and an ETag that changes with the state', async () => {
    const { id } = await ann.requestExport(await ann.saveBoard(lessonBoard(20)), 'pdf');
    const early = await ann.get(`/api/v1/exports/${id}/`);
    await ann.finished(id);
    const late = await ann.get(`/api/v1/exports/${id}/`, { 'If-None-Match': early.headers.get('etag')! });

    expect(Number(early.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(late.status).toBe(200);
  });

  it('streams each change as an event until the end', async () => {
    const { id } = await ann.requestExport(await ann.saveBoard(lessonBoard(25)), 'png');

    const events = await serverSentEvents(ann, `/api/v1/exports/${id}/events`);

    const states = events.map(({ data }) => JSON.parse(data) as ExportRecord);
    expect(new Set(states.map((state) => state.id))).toEqual(new Set([id]));
    expect(states.at(-1)).toMatchObject({ status: 'completed', progress: { percent: 100, done: 25, total: 25 } });
    expect(states.at(-1)!.file_url).toContain('signature=');
    const done = states.map(({ progress }) => progress.done);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(states.length).toBeGreaterThanOrEqual(2);
  });

  it('streams one event of an export that has ended', async () => {
    const { id } = await ann.requestExport(session, 'json');
    await ann.finished(id);

    const events = await serverSentEvents(ann, `/api/exports/${id}/events/`);

    expect(events).toHaveLength(1);
  });

  it('is forbidden for other users', async () => {
    const bob = await installation.asUser('bob');
    const { id } = await ann.requestExport(session, 'json');

    const { status, body } = await bob.get(`/api/v1/exports/${id}/events`);

    expect(status).toBe(404);
    expect(body).toMatchObject({ detail: 'Export not found' });
  });

  it('lists exports in pages and by filter, newest first', async () => {
    const cid = await installation.asUser('cid');
    const board = await cid.saveBoard(noteBoard());
    const requested: string[] = [];
    for (const format of ['png', 'json', 'json', 'pdf', 'json'])
      requested.push((await cid.requestExport(board, format)).id);
    for (const id of requested) await cid.finished(id);

    const walked: string[] = [];
    for (let next: string | null = '/api/v1/exports/?limit=2'; next !== null;) {
      const { body } = await cid.get(next);
      expect(body.count).toBe(5);
      walked.push(...(body.results as ExportRecord[]).map(({ id }) => id));
      next = body.next as string | null;
    }
    const jsons = await cid.get('/api/v1/exports/?format=json&status=completed&kind=board');
    const none = await cid.get('/api/v1/exports/?status=failed');

    expect(walked).toEqual([...requested].reverse());
    expect((jsons.body.results as ExportRecord[]).map(({ id }) => id)).toEqual([
      requested[4],
      requested[2],
      requested[1],
    ]);
    expect(none.body).toEqual({ count: 0, next: null, results: [] });
  });

  it('keeps the filter in the URL of the next page', async () => {
    const dan = await installation.asUser('dan');
    const board = await dan.saveBoard(noteBoard());
    for (const format of ['json', 'png', 'json']) await dan.requestExport(board, format);

    const { body } = await dan.get('/api/v1/exports/?format=json&limit=1');
    const second = await dan.get(body.next as string);

    expect(second.body).toMatchObject({ count: 2, next: null, results: [{ format: 'json' }] });
  });

  it.each([
    ['limit', 'limit=0'],
    ['limit', 'limit=201'],
    ['limit', 'limit=many'],
    ['cursor', 'cursor=nonsense'],
    ['status', 'status=done'],
    ['kind', 'kind=board&kind=board'],
    ['format', 'format[]=png'],
    ['format', 'format=exe'],
    ['owner', 'owner=bob'],
  ])('rejects an invalid %s in ?%s', async (field, query) => {
    const { status, body } = await ann.get(`/api/v1/exports/?${query}`);

    expect(status).toBe(400);
    expect(JSON.stringify(body.errors)).toContain(field);
  });
});
