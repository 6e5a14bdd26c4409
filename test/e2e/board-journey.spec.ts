import { follow, sha256, type Client } from '../support/client';
import { lessonBoard, noteBoard, pagesBoard } from '../support/boards';
import { Installation } from '../support/installation';
import { pdfPageCount, pngSize, zipEntries } from '../support/files';

/** A client that uses only the fields that the front end reads. */
describe('An export of a board', () => {
  let installation: Installation;
  let ann: Client;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication());
    ann = await installation.asUser('ann');
  });

  afterAll(() => installation.remove());

  it('produces a PNG for a board with one page', async () => {
    const session = await ann.saveBoard(noteBoard());

    const { id } = await ann.requestExport(session, 'png');
    const done = await ann.finished(id);
    const file = await follow(done.file_url);

    expect(done).toMatchObject({ status: 'completed', error: null, page_count: 1 });
    expect(file.status).toBe(200);
    expect(file.headers.get('content-type')).toBe('image/png');
    expect(pngSize(file.bytes)).toEqual({ width: 1840, height: 2400 });
    expect(done).toMatchObject({ file_size: file.bytes.length, sha256: sha256(file.bytes) });
  });

  it('produces a ZIP of PNGs for a board with several pages', async () => {
    const session = await ann.saveBoard(lessonBoard(3));

    const { id } = await ann.requestExport(session, 'png');
    const done = await ann.finished(id);
    const file = await follow(done.file_url);

    expect(done).toMatchObject({ page_count: 3, progress: { percent: 100, done: 3, total: 3 } });
    expect(file.headers.get('content-type')).toBe('application/zip');
    const entries = zipEntries(file.bytes);
    const pages = entries.slice(0, 3);
    expect(entries.map(({ name }) => name)).toEqual(['page-001.png', 'page-002.png', 'page-003.png', 'manifest.json']);
    for (const { bytes } of pages) expect(pngSize(bytes)).toEqual({ width: 1840, height: 2400 });
    expect(done).toMatchObject({ file_size: file.bytes.length, sha256: sha256(file.bytes) });
  });

  it('produces a PDF with every page', async () => {
    const session = await ann.saveBoard(pagesBoard(4));

    const { id } = await ann.requestExport(session, 'pdf');
    const done = await ann.finished(id);
    const file = await follow(done.file_url);

    expect(done).toMatchObject({ status: 'completed', page_count: 4 });
    expect(file.headers.get('content-type')).toBe('application/pdf');
    expect(pdfPageCount(file.bytes)).toBe(4);
    expect(done).toMatchObject({ file_size: file.bytes.length, sha256: sha256(file.bytes) });
  });

  it('produces the unchanged state as JSON', async () => {
    const state =
      '{ "pages": [ {"strokes": []} ], "big": 12345678901234567890, "small": 1e-400, "same": 1, "same": 2 }';
    const session = await ann.saveBoard(state);

    const { id } = await ann.requestExport(session, 'json');
    const done = await ann.finished(id);
    const file = await follow(done.file_url);

    expect(file.headers.get('content-type')).toMatch(/^application\/json/);
    expect(file.text.trim()).toBe(state);
    expect(done).toMatchObject({ file_size: file.bytes.length, sha256: sha256(file.bytes) });
  });

  it('has every field that the front end reads from the first response on', async () => {
    const session = await ann.saveBoard(noteBoard());

    const requested = await ann.requestExport(session, 'pdf');
    const done = await ann.finished(requested.id);

    expect(requested).toMatchObject({
      session_id: session,
      format: 'pdf',
      status: 'pending',
      file_url: null,
      error: null,
    });
    expect(Object.keys(requested).sort()).toEqual(RECORD_FIELDS);
    expect(Object.keys(done).sort()).toEqual(RECORD_FIELDS);
    expect(done).toMatchObject({ id: requested.id, session_id: session, created_at: requested.created_at });
    for (const time of [done.created_at, done.updated_at, done.started_at, done.completed_at, done.expires_at])
      expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('has a code for each warning', async () => {
    const session = await ann.saveBoard(
      '{"pages":[{"assets":[{"type":"image","src":"file:///etc/passwd","x":0,"y":0,"w":9,"h":9}]}]}',
    );

    const done = await ann.finished((await ann.requestExport(session, 'png')).id);

    expect(done).toMatchObject({ status: 'completed', error_code: null, warning_codes: ['image-missing'] });
    expect(done.warnings).toEqual([expect.stringContaining('An image on page 1 is missing')]);
  });

  it('is listed with the exports of its session, newest first', async () => {
    const session = await ann.saveBoard(noteBoard());
    const other = await ann.saveBoard(noteBoard());
    const first = await ann.requestExport(session, 'png');
    const second = await ann.requestExport(session, 'json');
    await ann.requestExport(other, 'json');

    const { status, body } = await ann.get(`/api/v1/solo/sessions/${session}/exports/`);

    expect(status).toBe(200);
    expect(body).toMatchObject({ count: 2, next: null, results: [{ id: second.id }, { id: first.id }] });
  });
});

/** The fields of an export record. */
const RECORD_FIELDS = [
  'id',
  'kind',
  'session_id',
  'event_id',
  'schedule_id',
  'user_id',
  'type',
  'format',
  'status',
  'progress',
  'filters',
  'data_types',
  'options',
  'read',
  'file_url',
  'events_url',
  'file_name',
  'file_size',
  'sha256',
  'record_count',
  'page_count',
  'download_count',
  'downloaded_at',
  'downloaded_by',
  'one_time',
  'warnings',
  'warning_codes',
  'error',
  'error_code',
  'estimate',
  'expires_at',
  'created_at',
  'updated_at',
  'started_at',
  'completed_at',
].sort();
