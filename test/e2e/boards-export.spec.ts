import { randomUUID } from 'node:crypto';
import { noteBoard, pagesBoard } from '../support/boards';
import { type ApiResponse, type Client, type ExportRecord, follow } from '../support/client';
import { pdfPageCount, pngSize, zipEntries } from '../support/files';
import { Installation } from '../support/installation';
import { pagesOf } from '../support/pdf-tables';
import { run } from '../support/python';
import { describeWith } from '../support/workbooks';

const PATH = '/api/v1/solo/exports';
const CUSTOMER_PATH = '/api/v1/customer/solo/exports';

/** A board of the finest dots. 500 pages exceed the drawing budget: the drawing thread refuses them. */
const dotsBoard = (pages: number) => ({
  activePageId: '',
  pages: Array.from({ length: pages }, () => ({ background: { type: 'dots', gridSize: 4 } })),
});

interface Manifest {
  readonly formatVersion: number;
  readonly boards: readonly {
    id: string;
    name: string;
    files: string[];
    pages: number;
    status: string;
    reason: string;
  }[];
}

describe('POST /solo/exports', () => {
  let installation: Installation;
  let ann: Client;
  let algebra: string;
  let geometry: string;
  let untitled: string;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication({ RATE_LIMIT_CUSTOMERS: 'off' }));
    ann = await installation.asUser('ann');
    algebra = await ann.saveBoard(noteBoard('Quadratic'), 'Algebra');
    geometry = await ann.saveBoard(pagesBoard(3), 'Geometry: „Dreieck“ 📐');
    untitled = await ann.saveBoard(noteBoard('Euclid'), 'algebra');
  });

  afterAll(() => installation.remove());

  async function exported(body: object, client = ann): Promise<ExportRecord> {
    const response = await client.post(PATH, body);
    if (response.status !== 201) throw new Error(`The export was not created: ${response.text}`);
    return client.finished((response.body as ExportRecord).id);
  }

  async function filesOf({
    file_url: url,
  }: ExportRecord): Promise<{ names: string[]; manifest: Manifest; zip: Buffer }> {
    const { bytes } = await follow(url);
    const entries = zipEntries(bytes);
    const manifest = JSON.parse(entries.at(-1)!.bytes.toString()) as Manifest;
    return { names: entries.map(({ name }) => name), manifest, zip: bytes };
  }

  it('makes one PDF', async () => {
    const done = await exported({ session_ids: [geometry, algebra, untitled], format: 'pdf' });
    const { bytes, headers } = await follow(done.file_url);

    expect(done).toMatchObject({ status: 'completed', kind: 'boards', page_count: 5, warnings: [] });
    expect(done.progress).toMatchObject({ done: 5, total: 5, percent: 100 });
    expect(done.file_name).toMatch(/^Boards \d{4}-\d\d-\d\d\.pdf$/);
    expect(headers.get('content-type')).toBe('application/pdf');
    expect(pdfPageCount(bytes)).toBe(5);
  });

  describeWith(['poppler'], 'as one PDF', () => {
    it('is searchable and has an outline, in the order of the ids', async () => {
      const done = await exported({ session_ids: [geometry, algebra, untitled], format: 'pdf' });
      const { bytes } = await follow(done.file_url);

      const pages = await pagesOf(bytes);
      expect(pages.map((text) => text.trim())).toEqual(['', '', '', 'Quadratic', 'Euclid']);
      expect(await outlineOf(bytes)).toEqual([
        ['Geometry: „Dreieck“ 📐', 1],
        ['Page 1', 1],
        ['Page 2', 2],
        ['Page 3', 3],
        ['Algebra', 4],
        ['algebra', 5],
      ]);
    });
  });

  it('makes a zip with a folder of pictures for each board, and a manifest', async () => {
    const done = await exported({ session_ids: [algebra, geometry, untitled], options: { pixel_ratio: 0.5 } });
    const { names, manifest, zip } = await filesOf(done);

    expect(done).toMatchObject({
      format: 'png',
      page_count: 5,
      options: { session_ids: [algebra, geometry, untitled] },
    });
    expect(done.file_name).toMatch(/^Boards .*\.zip$/);
    expect(names).toEqual([
      'Algebra/page-001.png',
      'Geometry „Dreieck“ 📐/page-001.png',
      'Geometry „Dreieck“ 📐/page-002.png',
      'Geometry „Dreieck“ 📐/page-003.png',
      'algebra (2)/page-001.png',
      'manifest.json',
    ]);
    expect(
      zipEntries(zip)
        .slice(0, -1)
        .map(({ bytes }) => pngSize(bytes).width),
    ).toEqual([460, 460, 460, 460, 460]);
    expect(manifest.boards).toMatchObject([
      { id: algebra, name: 'Algebra', files: [names[0]], pages: 1, status: 'complete', reason: null },
      { id: geometry, files: names.slice(1, 4), pages: 3, status: 'complete' },
      { id: untitled, files: [names[4]], pages: 1, status: 'complete' },
    ]);
  });

  it('makes a zip of JSON files with exactly what was saved', async () => {
    const done = await exported({ session_ids: [algebra, untitled], format: 'json' });
    const { names, zip } = await filesOf(done);

    expect(names).toEqual(['Algebra.json', 'algebra (2).json', 'manifest.json']);
    expect(JSON.parse(zipEntries(zip)[1]!.bytes.toString())).toEqual(noteBoard('Euclid'));
  });

  it('names a board that cannot be drawn, and has the others', async () => {
    const huge = await ann.saveBoard(dotsBoard(500), 'Huge');
    const boards = [algebra, huge, untitled];

    const pdf = await exported({ session_ids: boards, format: 'pdf' });
    const png = await exported({ session_ids: boards, format: 'png' });

    for (const done of [pdf, png]) {
      expect(done).toMatchObject({ status: 'completed', page_count: 2, warning_codes: ['board-missing'] });
      expect(done.warnings[0]).toContain(`Board "Huge" (${huge}) is missing: The drawing is too large`);
      expect(done.progress).toMatchObject({ done: 502, total: 502 });
    }
    expect(pdfPageCount((await follow(pdf.file_url)).bytes)).toBe(2);
    const { names, manifest } = await filesOf(png);
    expect(names).toEqual(['Algebra/page-001.png', 'algebra (2)/page-001.png', 'manifest.json']);
    expect(manifest.boards[1]).toMatchObject({ name: 'Huge', files: [], pages: 0, status: 'missing' });
  });

  it('fails with the reason of the first board when none can be drawn', async () => {
    const huge = await ann.saveBoard(dotsBoard(500), 'Huge');

    const done = await exported({ session_ids: [huge], format: 'pdf' });

    expect(done).toMatchObject({ status: 'failed', error_code: 'drawing-too-large', file_url: null });
    expect(done.error).toMatch(/^None of the 1 boards could be exported\. The first one: The drawing is too large/);
  });

  it('selects boards by name and time at the request', async () => {
    const eve = await installation.asUser('eve');
    await eve.saveBoard(noteBoard(), 'Maths 100%');
    const since = await eve.saveBoard(noteBoard(), 'MATHS 100% again');
    await eve.saveBoard(noteBoard(), 'Maths 1000');
    const { updated_at: updated } = (await eve.get(`/api/v1/solo/sessions/${since}`)).body as { updated_at: string };

    const all = await exported({ filter: {}, format: 'json' }, eve);
    const named = await exported({ filter: { name_contains: 'maths 100%' }, format: 'json' }, eve);
    const both = await exported({ filter: { name_contains: '100%', updated_since: updated }, format: 'json' }, eve);

    expect((await filesOf(all)).names).toHaveLength(4);
    expect((await filesOf(named)).names.slice(0, -1)).toEqual(['Maths 100%.json', 'MATHS 100% again.json']);
    expect((await filesOf(both)).names.slice(0, -1)).toEqual(['MATHS 100% again.json']);
    expect(named).toMatchObject({ filters: { name_contains: 'maths 100%' } });
  });

  it('returns the first export for a repeat with its key, although another board meets the filter by then', async () => {
    const fay = await installation.asUser('fay');
    await fay.saveBoard(noteBoard());
    const request = () => fay.post(PATH, { filter: {}, format: 'json' }, { 'Idempotency-Key': 'once' });

    const first = await request();
    await fay.saveBoard(noteBoard());
    const second = await request();
    const other = await fay.post(PATH, { filter: {}, format: 'pdf' }, { 'Idempotency-Key': 'once' });

    expect([first.status, second.status, other.status]).toEqual([201, 200, 422]);
    expect(second.body.id).toBe(first.body.id);
  });

  it('estimates without creating anything', async () => {
    const body = { session_ids: [algebra, geometry], format: 'pdf' };
    const before = (await ann.get('/api/v1/exports?kind=boards')).body.count as number;

    const dry = await ann.post(PATH, { ...body, dry_run: true });
    const estimated = await ann.post('/api/v1/exports/estimate', body);
    const filtered = await ann.post('/api/v1/exports/estimate', { filter: { name_contains: 'geo' }, format: 'png' });

    expect(dry).toMatchObject({ status: 200, body: { record_count: 4, file_size: expect.any(Number) } });
    expect(estimated.body).toEqual(dry.body);
    expect(filtered.body).toMatchObject({ record_count: 3 });
    expect((await ann.get('/api/v1/exports?kind=boards')).body.count).toBe(before);
  });

  it('returns 404 with the ids that are not the caller’s', async () => {
    const bob = await installation.asUser('bob');
    const foreign = await bob.saveBoard(noteBoard());
    const unknown = randomUUID();

    const { status, body } = await ann.post(PATH, { session_ids: [algebra, foreign, 'nonsense', unknown] });

    expect(status).toBe(404);
    expect(body).toMatchObject({ code: 'session-not-found', detail: '3 sessions not found' });
    expect(body.errors).toMatchObject([
      { field: 'session_ids.1', message: `There is no board ${foreign}.` },
      { field: 'session_ids.2', message: 'There is no board nonsense.' },
      { field: 'session_ids.3', message: `There is no board ${unknown}.` },
    ]);
  });

  it.each<[string, object, number, string]>([
    ['201 boards', { session_ids: Array.from({ length: 201 }, () => randomUUID()) }, 422, 'too-many-boards'],
    ['no board', { session_ids: [] }, 422, 'no-boards-selected'],
    ['a filter that no board meets', { filter: { name_contains: 'no such board' } }, 422, 'no-boards-selected'],
    ['neither ids nor a filter', { format: 'pdf' }, 400, 'invalid-request'],
    ['ids and a filter', { session_ids: [randomUUID()], filter: {} }, 400, 'invalid-request'],
    ['an unknown condition', { filter: { colour: 'red' } }, 400, 'invalid-request'],
    ['a time that is none', { filter: { updated_since: 'today' } }, 400, 'invalid-request'],
    ['a page', { session_ids: [randomUUID()], options: { page: 1 } }, 400, 'invalid-request'],
    ['an unknown format', { filter: {}, format: 'gif' }, 400, 'invalid-format'],
  ])('refuses %s', async (_, body, status, code) => {
    expect(await ann.post(PATH, body)).toMatchObject({ status, body: { code } });
  });

  it('refuses a filter that more than 200 boards meet', async () => {
    await installation.sql(
      `INSERT INTO solo_sessions (id, user_id, name, state, page_count)
       SELECT gen_random_uuid(), 'gus', 'Board', 'null', 1 FROM generate_series(1, 201)`,
    );
    const gus = await installation.asUser('gus');

    expect(await gus.post(PATH, { filter: {} })).toMatchObject({
      status: 422,
      body: { code: 'too-many-boards', limit: 200 },
    });
  });

  it('cancels unfinished exports and deletes the files of others when one of their boards is deleted', async () => {
    const partner = await installation.asCustomer();
    const doomed = await partner.startSession('ann', noteBoard());
    const finished = await exported({ session_ids: [algebra, doomed], format: 'png' });
    const ofPartner = (await partner.post(CUSTOMER_PATH, { session_ids: [doomed], format: 'pdf' }))
      .body as ExportRecord;
    await partner.finished(ofPartner.id);
    const untouched = await exported({ session_ids: [algebra], format: 'json' });
    const [running] = await installation.sql<{ id: string }>(
      `INSERT INTO exports (id, kind, format, status, user_id, params, request_id, enqueue_after)
       VALUES (gen_random_uuid(), 'boards', 'png', 'pending', 'ann', $1, 'r', now() + interval '1 day') RETURNING id`,
      JSON.stringify({ sessionIds: [algebra, doomed], filter: null }),
    );

    await ann.delete(`/api/v1/solo/sessions/${doomed}`);

    expect(await ann.status(finished.id)).toMatchObject({ status: 'expired', file_url: null });
    expect(await partner.status(ofPartner.id)).toMatchObject({ status: 'expired', file_url: null });
    expect(await ann.status(running!.id)).toMatchObject({ status: 'cancelled' });
    expect(await ann.status(untouched.id)).toMatchObject({ status: 'completed' });
  });

  it('goes on without a board that was deleted in the meantime', async () => {
    const gone = randomUUID();
    const [row] = await installation.sql<{ id: string }>(
      `INSERT INTO exports (id, kind, format, user_id, params, request_id, enqueue_after)
       VALUES (gen_random_uuid(), 'boards', 'pdf', 'ann', $1, 'r', now()) RETURNING id`,
      JSON.stringify({ sessionIds: [gone, algebra], filter: null }),
    );

    const done = await ann.finished(row!.id);

    expect(done).toMatchObject({ status: 'completed', page_count: 1, warning_codes: ['board-missing'] });
    expect(done.warnings).toEqual([`Board ${gone} is missing: The board was deleted before it could be exported`]);
  });

  it('exports boards that an external system created, also of several users, for the system alone', async () => {
    const partner = await installation.asCustomer();
    const rival = await installation.asCustomer();
    const boards = [
      await partner.startSession('ann', noteBoard('One')),
      await partner.startSession('bob', noteBoard('Two')),
    ];

    const { status, body, headers } = await partner.post(CUSTOMER_PATH, { session_ids: boards, format: 'json' });
    const done = await partner.finished(body.id as string);
    const foreign = await partner.post(CUSTOMER_PATH, { session_ids: [algebra] });
    const rivals = await rival.post(CUSTOMER_PATH, { session_ids: boards });

    expect([status, headers.get('location')]).toEqual([201, `/api/v1/customer/exports/${body.id}/`]);
    expect(done).toMatchObject({ status: 'completed', user_id: null });
    const { zip } = await filesOf(done);
    expect(
      zipEntries(zip)
        .slice(0, -1)
        .map(({ bytes }) => JSON.parse(bytes.toString()) as object),
    ).toEqual([noteBoard('One'), noteBoard('Two')]);
    expect([foreign.status, rivals.status]).toEqual([404, 404]);
    expect((await ann.get(`/api/v1/exports/${body.id}`)).status).toBe(404);
  });

  it('has no pictures of its pages', async () => {
    const { id } = await exported({ session_ids: [algebra], format: 'png' });

    expect(await ann.get(`/api/v1/exports/${id}/pages/1`)).toMatchObject({
      status: 409,
      body: { code: 'preview-unsupported' },
    });
  });

  describe('with a limit', () => {
    let limited: Client;

    beforeAll(async () => {
      const at = await installation.startApplication({
        RATE_LIMIT_BOARDS: '4/1h',
        DRAWING_BUDGET_SECONDS: '1',
        ROLE: 'api',
      });
      limited = await installation.asUser('lea', { at });
    });

    it('counts an export once per drawing budget that it needs, together with exports of one board', async () => {
      // Each takes about half of the budget.
      const boards = await Promise.all([1, 2, 3, 4].map(() => limited.saveBoard(dotsBoard(2))));
      const request = (): Promise<ApiResponse> => limited.post(PATH, { session_ids: boards, format: 'png' });

      const first = await request();
      const single = await limited.post(`/api/v1/solo/sessions/${boards[0]}/export`, { format: 'json' });
      const second = await request();

      expect([first.status, single.status, second.status]).toEqual([201, 201, 429]);
      expect(first.headers.get('ratelimit')).toMatch(/^"board";r=2;/);
      expect(single.headers.get('ratelimit')).toMatch(/^"board";r=1;/);
      expect(second.headers.get('ratelimit')).toMatch(/^"board";r=1;/);
    });

    it('refuses what no window would ever allow', async () => {
      const many = await Promise.all(Array.from({ length: 10 }, () => limited.saveBoard(dotsBoard(2))));

      const { status, body } = await limited.post(PATH, { session_ids: many });

      expect([status, body.code]).toEqual([422, 'drawing-too-large']);
      expect(body.detail).toMatch(/at most 4 s are allowed\. Export fewer boards at once/);
    });
  });
});

/** The entries of an outline with their pages, as poppler reads them. */
async function outlineOf(pdf: Buffer): Promise<[title: string, page: number][]> {
  const xml = (await run('pdftohtml', ['-xml', '-i', '-stdout', '-', 'outline'], pdf)).toString();
  return [...xml.matchAll(/<item page="(\d+)">(.*?)<\/item>/g)].map(([, page, title]) => [title!, Number(page)]);
}
