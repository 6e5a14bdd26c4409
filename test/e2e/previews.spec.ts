import { randomUUID } from 'node:crypto';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { lessonBoard, pagesBoard } from '../support/boards';
import type { Client, ExportRecord } from '../support/client';
import type { CustomerClient } from '../support/customers';
import { addTableType } from '../support/data';
import { insertEvent, insertParticipants } from '../support/events';
import { pngSize } from '../support/files';
import { Installation } from '../support/installation';

const ANN = randomUUID();

describe('Previews of exports', () => {
  let installation: Installation;
  let ann: Client;
  let bob: Client;
  let partner: CustomerClient;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication());
    [ann, bob] = [await installation.asUser(ANN), await installation.asUser('bob')];
    partner = await installation.asCustomer();
    await installation.sql(`INSERT INTO users (id, name, email) VALUES ($1, 'Ann', 'ann@example.org')`, ANN);
    await installation.sql('CREATE TABLE notes (action text, path text, user_id uuid)');
    await addTableType(installation, 'notes');
    // Quotes, line breaks, a formula, several bytes per character, and a row of megabytes in between.
    await installation.sql(
      `INSERT INTO notes
       SELECT CASE n WHEN 1 THEN '=1+1' WHEN 2 THEN '' WHEN 4 THEN NULL ELSE 'дія "' || n || E'";\\n' END,
              CASE n WHEN 3 THEN repeat('ї', 400000) ELSE '/' || n END, $1
       FROM generate_series(1, 300) n`,
      ANN,
    );
  });

  afterAll(() => installation.remove());

  async function exported(format: string, options: object = {}): Promise<ExportRecord> {
    const body = { type: 'partial', data_types: ['notes'], format, options, columns: ['action', 'path'] };
    const answer = await ann.post('/api/v1/exports', body);
    if (answer.status !== 201) throw new Error(answer.text);
    return ann.finished((answer.body as ExportRecord).id);
  }

  const auditOf = (id: string) =>
    installation.sql<{ user_id: string; details: object }>(
      `SELECT user_id, details FROM export_audit_log WHERE export_id = $1 AND action = 'export.previewed' ORDER BY id`,
      id,
    );

  describe('GET /exports/:id/preview', () => {
    it.each<[string, object, (string | null)[][]]>([
      [
        'csv',
        {},
        [
          ["'=1+1", '/1'],
          ['', '/2'],
        ],
      ],
      [
        'csv',
        { delimiter: ';', bom: true, compression: 'gzip' },
        [
          ["'=1+1", '/1'],
          ['', '/2'],
        ],
      ],
      [
        'csv',
        { raw: true },
        [
          ['=1+1', '/1'],
          ['', '/2'],
        ],
      ],
      [
        'ndjson',
        {},
        [
          ['=1+1', '/1'],
          ['', '/2'],
        ],
      ],
      [
        'ndjson',
        { compression: 'gzip' },
        [
          ['=1+1', '/1'],
          ['', '/2'],
        ],
      ],
    ])('shows the first rows of %s with %j as they are in the file', async (format, options, first) => {
      const { id } = await exported(format, options);

      const { status, body } = await ann.get(`/api/v1/exports/${id}/preview?rows=5`);

      expect(status).toBe(200);
      expect(body).toEqual({
        columns: ['action', 'path'],
        rows: [...first, ['дія "3";\n', `${'ї'.repeat(1_000)}…`], [null, '/4'], ['дія "5";\n', '/5']],
        truncated_cells: [{ row: 2, column: 1 }],
        is_complete: false,
      });
    });

    it('has 50 rows by default and at most 200', async () => {
      const { id } = await exported('csv');

      const usual = await ann.get(`/api/v1/exports/${id}/preview`);
      const most = await ann.get(`/api/v1/exports/${id}/preview?rows=200`);

      expect([usual.body.rows.length, most.body.rows.length]).toEqual([50, 200]);
      for (const rows of ['0', '201', 'x', '1.5'])
        expect(await ann.get(`/api/v1/exports/${id}/preview?rows=${rows}`)).toMatchObject({ status: 400 });
    });

    it('is no download, is in the audit log, and answers 304 to a client that has it', async () => {
      const { id, sha256 } = await exported('csv');
      const before = await ann.status(id);

      const first = await ann.get(`/api/v1/exports/${id}/preview`);
      const again = await ann.get(`/api/v1/exports/${id}/preview`, { 'if-none-match': first.headers.get('etag')! });

      expect(first.headers.get('etag')).toBe(`"${sha256}"`);
      expect(first.headers.get('cache-control')).toBe('private, no-cache');
      expect([again.status, again.bytes.length]).toEqual([304, 0]);
      expect(await ann.status(id)).toMatchObject({ download_count: 0, updated_at: before.updated_at });
      expect(await auditOf(id)).toEqual([{ user_id: ANN, details: { by: 'token' } }]);
    });

    it('reads only the start of the file', async () => {
      const { id } = await exported('csv');
      const name = (await installation.storedFiles()).find((file) => file.startsWith(`exports/${id}/`));
      // What is behind the first range is gone.
      await truncate(join(installation.storageFolder, name!), 64 * 1024);

      expect(await ann.get(`/api/v1/exports/${id}/preview?rows=2`)).toMatchObject({ status: 200 });
      expect(await ann.get(`/api/v1/exports/${id}/preview?rows=4`)).toMatchObject({ status: 500 });
    });

    it('is visible to whom the export is', async () => {
      const { id } = await exported('csv');

      const answers = [
        await bob.get(`/api/v1/exports/${id}/preview`),
        await partner.get(`/api/v1/customer/exports/${id}/preview`),
        await installation.asAnonymous().get(`/api/v1/exports/${id}/preview`),
      ];

      expect(answers.map(({ status }) => status)).toEqual([404, 404, 401]);
    });

    it.each(['json', 'xlsx', 'xml'])('returns 409 for %s', async (format) => {
      const { id } = await exported(format);

      expect(await ann.get(`/api/v1/exports/${id}/preview`)).toMatchObject({
        status: 409,
        body: { code: 'preview-unsupported', detail: expect.stringContaining('Download the file') },
      });
    });

    it('returns 409 for a one-time file, which stays, and 410 once it was downloaded', async () => {
      const sql = installation.sql.bind(installation);
      const event = await insertEvent(sql, { organizer: ANN, customer: partner.id });
      await insertParticipants(sql, event, 3);
      const asked = await partner.post(`/api/v1/customer/events/${event.id}/results/export`, { format: 'csv' });
      const { id } = await partner.finished(asked.body.id as string);
      const path = `/api/v1/customer/exports/${id}/preview`;

      const before = await partner.get(path);
      const download = await partner.get(`/api/v1/customer/export/${id}`);

      expect(before).toMatchObject({ status: 409, body: { code: 'preview-unsupported' } });
      expect(before.body.detail).toContain('one-time');
      expect(download.status).toBe(200);
      expect(await partner.get(path)).toMatchObject({ status: 410, body: { code: 'export-file-given-out' } });
    });

    it('answers as the download does for an unfinished and for a deleted export', async () => {
      const { id: unfinished } = await ann.requestExport(await ann.saveBoard(lessonBoard(20)), 'png');
      const { id: deleted } = await exported('csv');
      await ann.delete(`/api/v1/exports/${deleted}/`);

      for (const id of [unfinished, deleted]) {
        const download = await ann.get(`/api/v1/exports/${id}/download`);
        const preview = await ann.get(`/api/v1/exports/${id}/preview`);
        expect([preview.status, preview.body.code]).toEqual([download.status, download.body.code]);
      }
      await ann.delete(`/api/v1/exports/${unfinished}/`);
    });
  });

  describe('GET /exports/:id/pages/:page', () => {
    async function drawn(format: string, options?: object, pages = 3): Promise<ExportRecord & { board: string }> {
      const board = await ann.saveBoard(pagesBoard(pages));
      const { id } = await ann.requestExport(board, format, options);
      return { ...(await ann.finished(id)), board };
    }

    it.each<[string, object | undefined]>([
      ['png', undefined],
      ['png', { page: 1, pixel_ratio: 1 }],
      ['pdf', { page_size: 'a4' }],
      ['json', undefined],
    ])('shows the same first page of an export as %s with %j', async (format, options) => {
      const { id, sha256 } = await drawn(format, options);
      const path = `/api/v1/exports/${id}/pages/1`;

      const { status, headers, bytes } = await ann.get(path);
      const again = await ann.get(path, { 'if-none-match': headers.get('etag')! });

      const { width, height } = pngSize(bytes);
      expect(status).toBe(200);
      expect(Math.max(width, height)).toBe(640);
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-type': 'image/png',
        'cache-control': 'private, max-age=300',
        etag: `"${sha256}"`,
      });
      expect(again.status).toBe(304);
      expect(await ann.status(id)).toMatchObject({ download_count: 0 });
      expect(await auditOf(id)).toEqual([{ user_id: ANN, details: { by: 'token', page: 1 } }]);
    });

    it.each(['png', 'pdf', 'json'])('shows each page that a file has as %s, and no other', async (format) => {
      const { id } = await drawn(format);
      const page = (number: number | string) => ann.get(`/api/v1/exports/${id}/pages/${number}`);

      const pictures = [await page(1), await page(2), await page(3)];

      expect(pictures.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(new Set(pictures.map(({ bytes }) => bytes.toString('base64'))).size).toBe(3);
      expect(await page(4)).toMatchObject({ status: 404, body: { code: 'page-not-found' } });
      for (const wrong of ['0', '-1', 'x']) expect(await page(wrong)).toMatchObject({ status: 400 });
    });

    it('shows what the file has after the board was changed, and of a PDF nothing', async () => {
      const files = [await drawn('png'), await drawn('json'), await drawn('pdf')];
      const before = await Promise.all(files.map(({ id }) => ann.get(`/api/v1/exports/${id}/pages/1`)));
      for (const { board } of files) {
        await ann.patch(`/api/v1/solo/sessions/${board}`, { state: { pages: [{ background: 'black' }] } });
      }

      const after = await Promise.all(files.map(({ id }) => ann.get(`/api/v1/exports/${id}/pages/1`)));

      expect(after.map(({ status }) => status)).toEqual([200, 200, 409]);
      expect(after.slice(0, 2).map(({ bytes }, index) => bytes.equals(before[index]!.bytes))).toEqual([true, true]);
      expect(after[2]!.body).toMatchObject({ code: 'preview-unsupported' });
    });

    it('returns 409 for rows, and 404 to others', async () => {
      const { id } = await exported('csv');
      const board = await drawn('png');

      expect(await ann.get(`/api/v1/exports/${id}/pages/1`)).toMatchObject({
        status: 409,
        body: { code: 'preview-unsupported' },
      });
      expect(await bob.get(`/api/v1/exports/${board.id}/pages/1`)).toMatchObject({ status: 404 });
    });

    it('shows external systems the pages of their exports', async () => {
      const session = await partner.startSession(ANN, pagesBoard(1));
      const { id } = await partner.requestExport(session, 'pdf');
      await partner.finished(id);

      const { status, bytes } = await partner.get(`/api/v1/customer/exports/${id}/pages/1`);

      expect([status, Math.max(...Object.values(pngSize(bytes)))]).toEqual([200, 640]);
    });
  });
});
