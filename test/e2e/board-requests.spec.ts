import { randomUUID } from 'node:crypto';
import { noteBoard, pagesBoard } from '../support/boards';
import { type Client, follow } from '../support/client';
import { pngSize } from '../support/files';
import { Installation } from '../support/installation';

describe('POST /solo/sessions/:id/export', () => {
  let installation: Installation;
  let ann: Client;
  let session: string;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication());
    ann = await installation.asUser('ann');
    session = await ann.saveBoard(pagesBoard(3));
  });

  afterAll(() => installation.remove());

  it.each(['/api/v1/solo/sessions/:id/export/', '/api/v1/solo/sessions/:id/export', '/api/solo/sessions/:id/export'])(
    'accepts the path %s',
    async (path) => {
      const { status, body, headers } = await ann.post(path.replace(':id', session), { format: 'json' });

      expect(status).toBe(201);
      expect(headers.get('location')).toBe(`/api/v1/exports/${body.id}/`);
      for (const place of ['/api/v1/exports/', '/api/exports/']) {
        expect((await ann.get(`${place}${body.id}`)).status).toBe(200);
        expect((await ann.get(`${place}${body.id}/`)).status).toBe(200);
      }
    },
  );

  it('exports PNG by default', async () => {
    const { body } = await ann.post(`/api/v1/solo/sessions/${session}/export/`, {});

    expect(body).toMatchObject({ format: 'png', status: 'pending' });
  });

  it.each(['gif', 'PNG', '', 7, null, ['png'], { png: 1 }])('refuses the format %j', async (format) => {
    const { status, body, headers } = await ann.post(`/api/v1/solo/sessions/${session}/export/`, { format });

    expect(status).toBe(400);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({ error: 'Invalid format', detail: 'Invalid format', errors: [{ field: 'format' }] });
  });

  it.each([
    ['options.page', { page: 0 }],
    ['options.page', { page: 4 }],
    ['options.page', { page: 1.5 }],
    ['options.page', { page: '1' }],
    ['options.pixel_ratio', { pixel_ratio: 0 }],
    ['options.pixel_ratio', { pixel_ratio: 5 }],
    ['options.pixel_ratio', { pixel_ratio: 'big' }],
    ['options.background', { background: 'pink' }],
    ['options.page_size', { page_size: 'a5' }],
    ['options.orientation', { orientation: 'up' }],
    ['options.colour', { colour: 'red' }],
    ['options', 'large'],
  ])('refuses %s in %j', async (field, options) => {
    const { status, body } = await ann.post(`/api/v1/solo/sessions/${session}/export/`, { format: 'png', options });

    expect(status).toBe(400);
    expect(body.errors).toEqual([{ field, message: expect.any(String), code: expect.any(String) }]);
  });

  it('accepts a page, a pixel ratio and a background', async () => {
    const options = { page: 2, pixel_ratio: 0.5, background: 'transparent' };

    const { id } = await ann.requestExport(session, 'png', options);
    const done = await ann.finished(id);
    const file = await follow(done.file_url);

    expect(done).toMatchObject({ page_count: 1, options });
    expect(pngSize(file.bytes)).toEqual({ width: 460, height: 600 });
  });

  it('accepts the paper of a PDF', async () => {
    const { id } = await ann.requestExport(session, 'pdf', { page_size: 'a4', orientation: 'landscape' });
    const done = await ann.finished(id);
    const file = await follow(done.file_url);

    const boxes = file.bytes.toString('latin1').match(/\/MediaBox ?\[[^\]]+\]/g) ?? [];
    expect(boxes).toHaveLength(3);
    const [, , width, height] = boxes[0]!.match(/[\d.]+/g)!.map(Number);
    expect([Math.round(width!), Math.round(height!)]).toEqual([842, 595]);
  });

  it('returns 404 for a session that does not exist or belongs to another user', async () => {
    const bob = await installation.asUser('bob');

    for (const [who, id] of [
      [ann, randomUUID()],
      [ann, 'nonsense'],
      [bob, session],
    ] as const) {
      const { status, body } = await who.post(`/api/v1/solo/sessions/${id}/export/`, { format: 'png' });
      expect(status).toBe(404);
      expect(body).toMatchObject({ detail: 'Session not found' });
    }
  });

  it.each([randomUUID(), 'nonexistent-uuid', '0', '%00', "';--"])(
    'returns 404 for the status of the export %s',
    async (id) => {
      const { status, body, headers } = await ann.get(`/api/v1/exports/${id}/`);

      expect(status).toBe(404);
      expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(body).toMatchObject({ detail: 'Export not found', status: 404, title: 'Not Found', type: 'about:blank' });
    },
  );

  it('returns 401 without a token', async () => {
    const anonymous = installation.asAnonymous();

    const { status, headers } = await anonymous.post(`/api/v1/solo/sessions/${session}/export/`, { format: 'png' });

    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe('Bearer');
  });

  it.each([
    ['not JSON', '{"format":', 400],
    ['a list', '[{"format":"png"}]', 400],
    ['a number', '7', 400],
    ['an unknown field', '{"format":"png","formta":"png"}', 400],
    ['more than it can need', JSON.stringify({ format: 'png', padding: 'x'.repeat(300_000) }), 413],
    ['deep nesting', `{"options":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 400],
  ])('refuses a body that is %s', async (_, text, expected) => {
    const { status, body } = await ann.post(`/api/v1/solo/sessions/${session}/export/`, text);

    expect(status).toBe(expected);
    expect(body).toMatchObject({ status: expected, detail: expect.any(String) });
    expect(JSON.stringify(body)).not.toContain('node_modules');
  });

  it('returns 415 for a body that is not JSON', async () => {
    const { status } = await ann.post(`/api/v1/solo/sessions/${session}/export/`, 'format=png', {
      'content-type': 'application/x-www-form-urlencoded',
    });

    expect(status).toBe(415);
  });

  it('exports an empty board', async () => {
    for (const state of [null, {}, [], { pages: [] }]) {
      const empty = await ann.saveBoard(state);
      const { id } = await ann.requestExport(empty, 'pdf');
      expect(await ann.finished(id)).toMatchObject({ status: 'completed', page_count: 1 });
    }
  });

  it('draws the state at the time of drawing, and fails when the board was deleted', async () => {
    const doomed = await ann.saveBoard(noteBoard());
    const { id } = await ann.requestExport(doomed, 'png');

    expect((await ann.delete(`/api/v1/solo/sessions/${doomed}/`)).status).toBe(204);

    expect((await ann.finished(id)).status).toMatch(/^(cancelled|expired|failed)$/);
  });
});
