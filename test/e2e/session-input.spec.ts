import type { Client } from '../support/client';
import { Installation } from '../support/installation';

const SESSIONS = '/api/v1/solo/sessions/';
const MAX_BYTES = 64 * 1024;

/** A body is stored unchanged or refused with a reason. It never causes a fault. */
describe('The body of a session', () => {
  let installation: Installation;
  let ann: Client;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication({ BOARD_MAX_BYTES: String(MAX_BYTES) }));
    ann = await installation.asUser('ann');
  });

  afterAll(() => installation.remove());

  it.each([
    ['numbers beyond a double', '{"a":1e400,"b":-1e400,"c":1e-400,"d":123456789012345678901234567890}'],
    ['numbers as they were written', '[1.0,1.50,-0,0.1e1,1E+2]'],
    ['one name twice', '{"pages":[],"same":1,"same":2}'],
    ['names with a meaning', '{"__proto__":{"a":1},"constructor":{"prototype":{}},"toString":7}'],
    ['escapes', '"\\u0000\\ud800\\u0041\\/\\"\\n"'],
    ['letters of every kind', '{"текст":"їжак 🦔 عربى 漢字 \u2028"}'],
    ['blanks within', '{ "pages" : [ ] ,\n\t"x" : null }'],
    ['nothing', 'null'],
    ['a list', '[]'],
    ['a text', '"board"'],
    ['a number', '42'],
  ])('is returned unchanged: %s', async (_, state) => {
    const created = await ann.post(SESSIONS, `{"name":"A","state":${state}}`);
    const shown = await ann.get(`${SESSIONS}${created.body.id}/`);

    expect(created.status).toBe(201);
    expect(stateIn(shown.text)).toBe(state);
    const { id } = await ann.requestExport(created.body.id as string, 'json');
    const done = await ann.finished(id);
    expect((await ann.get(`/api/v1/exports/${done.id}/download`)).status).toBe(200);
  });

  it.each([
    ['cut off', '{"name":"A","state":{"pages":[', 400],
    ['empty', '', 400],
    ['a list', '[{"name":"A"}]', 400],
    ['a text', '"A"', 400],
    ['null', 'null', 400],
    ['a comment', '{"name":"A"/*!*/}', 400],
    ['a comma too many', '{"state":{"a":1,}}', 400],
    ['a single quote', "{'name':'A'}", 400],
    ['a bare word in the state', '{"state":NaN}', 400],
    ['two values in the state', '{"state":1 2}', 400],
    ['a state that closes more than it opens', '{"state":{}}}', 400],
    ['a number as its name', '{"name":7}', 400],
    ['null as its name', '{"name":null}', 400],
    ['a name that is too long', JSON.stringify({ name: 'я'.repeat(256) }), 400],
    ['a name with NUL', '{"name":"a\\u0000b"}', 400],
    ['a state that is too large', `{"state":"${'x'.repeat(MAX_BYTES)}"}`, 413],
    ['far too large', `{"state":"${'x'.repeat(MAX_BYTES * 4)}"}`, 413],
    ['too large around the state', `{"padding":"${'x'.repeat(MAX_BYTES * 3)}"}`, 413],
  ])('is refused when it is %s', async (_, body, expected) => {
    const created = await ann.post(SESSIONS, body);
    const { body: session } = await ann.post(SESSIONS, { name: 'Kept', state: null });
    const changed = await ann.patch(`${SESSIONS}${session.id}/`, body);

    for (const response of [created, changed]) {
      expect(response.status).toBe(expected);
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(response.body).toMatchObject({ status: expected, detail: expect.stringMatching(/./) });
      expect(response.text).not.toMatch(/node_modules|at \w+ \(|SyntaxError/);
    }
    expect((await ann.get(`${SESSIONS}${session.id}/`)).body).toMatchObject({ name: 'Kept', rev: 1 });
  });

  it('is refused when it is not UTF-8', async () => {
    const body = Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff, 0xfe, 0xc0]), Buffer.from('"}')]);

    expect((await ann.post(SESSIONS, body)).status).toBe(400);
  });

  it.each(['text/plain', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded', 'image/png'])(
    'is refused as %s',
    async (type) => {
      const { status } = await ann.post(SESSIONS, '{"name":"A"}', { 'content-type': type });

      expect(status).toBe(415);
    },
  );

  it.each(['[', '{"a":'])('may be nested 64 levels deep, but not deeper: %s…', async (open) => {
    const nested = (depth: number) => {
      const close = open === '[' ? ']' : '}';
      return `${open.repeat(depth)}${open === '[' ? '' : '1'}${close.repeat(depth)}`;
    };

    const deepest = await ann.post(SESSIONS, `{"state":${nested(64)}}`);
    const tooDeep = await ann.post(SESSIONS, `{"state":${nested(65)}}`);

    expect(deepest.status).toBe(201);
    expect(tooDeep.status).toBe(422);
    expect(tooDeep.body).toMatchObject({ code: 'board-too-deep', detail: expect.stringContaining('64') });
    const { id } = await ann.requestExport(deepest.body.id as string, 'png');
    expect((await ann.finished(id)).status).toBe('completed');
  });

  it('may have 500 pages, but not more', async () => {
    const most = await ann.post(SESSIONS, { state: { pages: Array.from({ length: 500 }, () => ({})) } });
    const tooMany = await ann.post(SESSIONS, { state: { pages: Array.from({ length: 501 }, () => ({})) } });

    expect(most.body).toMatchObject({ page_count: 500 });
    expect(tooMany.status).toBe(422);
    expect(tooMany.body).toMatchObject({ code: 'too-many-pages', detail: expect.stringContaining('500') });
  });

  it('may omit fields', async () => {
    const created = await ann.post(SESSIONS, '{}');

    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ name: 'Untitled', state: null, page_count: 1 });
  });

  it('is measured when it is sent in chunks or compressed', async () => {
    const { gzipSync } = await import('node:zlib');
    const small = gzipSync(JSON.stringify({ name: 'Zipped', state: {} }));
    const bomb = gzipSync(`{"state":"${'x'.repeat(20 * 1024 * 1024)}"}`);
    const headers = { 'content-encoding': 'gzip' };

    expect((await ann.post(SESSIONS, small, headers)).status).toBe(201);
    expect((await ann.post(SESSIONS, bomb, headers)).status).toBe(413);
    expect((await ann.post(SESSIONS, 'not gzip', headers)).status).toBe(400);
    expect((await ann.post(SESSIONS, small, { 'content-encoding': 'rot13' })).status).toBe(415);
  });
});

/** The state is the last member of the response. */
function stateIn(json: string): string {
  return json.slice(json.indexOf('"state":') + '"state":'.length, -1);
}
