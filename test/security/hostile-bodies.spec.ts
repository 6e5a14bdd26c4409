import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import type { Client } from '../support/client';
import type { CustomerClient } from '../support/customers';
import { longestBlock, startCpuClock } from '../support/cpu-time';
import { Installation } from '../support/installation';
import { SlowBody } from '../support/slow-body';
import { until } from '../support/until';

const SESSIONS = '/api/v1/solo/sessions/';
const CUSTOMER_SESSIONS = '/api/v1/customer/solo/sessions/';
const MB = 1024 * 1024;
const GZIP = { 'content-encoding': 'gzip' };

const brotli = (text: string) => brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });

const state = (json: string) => `{"name":"Hostile","user_id":"ann","state":${json}}`;
/** Nothing that a hundred times as many bytes could be made of. */
const noise = (bytes: number) => {
  let seed = 1;
  const next = () => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) >>> 24;
  return Buffer.from(Array.from({ length: bytes }, next)).toString('base64');
};

const LONG_TEXT = state(`"${'x'.repeat(20 * MB)}"`);

const HOSTILE: readonly [name: string, body: Buffer, headers: Record<string, string>, status: number, code: string][] =
  [
    ['13 million levels', gzipSync(state('['.repeat(13e6) + ']'.repeat(13e6))), GZIP, 422, 'board-too-deep'],
    ['13 million levels that never close', gzipSync(state('{"a":'.repeat(5e6))), GZIP, 422, 'board-too-deep'],
    ['levels beside the state', gzipSync('{"a":' + '['.repeat(20e6)), GZIP, 400, 'body-too-deep'],
    ['a million pages', gzipSync(state(`{"pages":[${'{},'.repeat(1e6)}{}]}`)), GZIP, 422, 'too-many-pages'],
    ['one long text in gzip', gzipSync(LONG_TEXT), GZIP, 413, 'payload-too-large'],
    ['one long text in deflate', deflateSync(LONG_TEXT), { 'content-encoding': 'deflate' }, 413, 'payload-too-large'],
    ['one long text in brotli', brotli(LONG_TEXT), { 'content-encoding': 'br' }, 413, 'payload-too-large'],
    ['blanks', gzipSync(' '.repeat(20 * MB)), GZIP, 413, 'body-too-large'],
    ['gzip that is cut off', gzipSync(state(`"${noise(50_000)}"`)).subarray(0, 40_000), GZIP, 400, 'bad-request'],
  ];

/**
 * @returns all responses to a repeated request, and the longest block of the event loop, in milliseconds, during the
 *   request that caused least: a garbage collection blocks it now and then, a blocking request every time.
 */
async function quietestOf<T>(times: number, request: () => Promise<T>): Promise<{ responses: T[]; blockMs: number }> {
  const responses: T[] = [];
  let blockMs = Infinity;
  while (responses.length < times) {
    const block = await longestBlock(async () => responses.push(await request()));
    blockMs = Math.min(blockMs, block);
  }
  return { responses, blockMs };
}

describe('A hostile body', () => {
  let installation: Installation;
  let ann: Client;
  let bob: Client;
  let customer: CustomerClient;
  let board: string;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication({ LARGE_BODIES_MB: '6' }));
    ann = await installation.asUser('ann');
    bob = await installation.asUser('bob');
    customer = await installation.asCustomer();
    board = await ann.saveBoard({ pages: [{}] });
  });

  afterAll(() => installation.remove());

  it.each(HOSTILE)('is rejected early on every route of sessions: %s', async (_, body, headers, status, code) => {
    const requests = [
      () => ann.post(SESSIONS, body, headers),
      () => ann.patch(`${SESSIONS}${board}/`, body, headers),
      () => customer.post(CUSTOMER_SESSIONS, body, headers),
    ];

    for (const request of requests) {
      const cpuMs = startCpuClock();
      const { responses, blockMs } = await quietestOf(3, request);

      for (const response of responses) expect([response.status, response.body.code]).toEqual([status, code]);
      expect(cpuMs() / responses.length).toBeLessThan(1_000);
      expect(blockMs).toBeLessThan(100);
    }
    expect((await ann.get(`${SESSIONS}${board}/`)).body).toMatchObject({ rev: 1, page_count: 1 });
  });

  it.each([
    ['a board export', `${SESSIONS}:board/export/`],
    ['an export of data', '/api/v1/exports'],
    ['a schedule', '/api/v1/exports/scheduled'],
  ])('is rejected as a form: %s', async (_, route) => {
    const path = route.replace(':board', board);
    const bomb = gzipSync(`{"format":"${'x'.repeat(250_000)}"}`);
    const deep = gzipSync(`{"a":${'['.repeat(200_000)}`);
    const large = gzipSync(`{"format":"${noise(400_000)}"}`);

    expect((await ann.post(path, bomb, GZIP)).status).toBe(413);
    expect((await ann.post(path, deep, GZIP)).status).toBe(400);
    expect((await ann.post(path, large, GZIP)).status).toBe(413);
  });

  it('is rejected as a picture', async () => {
    const { id } = await ann.requestExport(board, 'png');
    const bomb = gzipSync(Buffer.alloc(20 * MB));

    const response = await ann.put(`/api/v1/exports/${id}/content`, bomb, { ...GZIP, 'content-type': 'image/png' });

    expect(response.status).toBe(413);
  });

  it('is accepted when it is merely large, and returned unchanged', async () => {
    const json = `[${'"їжак",'.repeat(100_000)}"${noise(200_000)}"]`;

    const created = await ann.post(SESSIONS, gzipSync(state(json)), GZIP);
    const copied = await ann.post(`${SESSIONS}${created.body.id}/duplicate/`);

    expect([created.status, copied.status]).toEqual([201, 201]);
    for (const { text } of [created, copied]) expect(text.slice(text.indexOf('"state":') + 8, -1)).toBe(json);
  });

  it('takes turns: a caller’s third concurrent one is rejected, those of others are accepted, and so is a later one', async () => {
    const slow = [2, 2].map((megabytes) => slowBody(ann, megabytes));
    await until('two are held', async () => (await sendLarge(ann)).status === 429);

    const third = await sendLarge(ann);
    const others = await sendLarge(bob);
    const small = await ann.post(SESSIONS, { state: null });
    for (const body of slow) body.leave();

    expect([third.status, third.body.code]).toEqual([429, 'too-many-large-bodies']);
    expect(third.headers.get('retry-after')).toBe('5');
    expect([others.status, small.status]).toEqual([201, 201]);
    await until('the slots are free', async () => (await sendLarge(ann)).status === 201);
  });

  it('takes turns: all callers together are limited, and rejected bodies take no slot', async () => {
    const callers = await Promise.all(['u1', 'u2', 'u3', 'u4'].map((name) => installation.asUser(name)));

    const slow = callers.map((caller) => slowBody(caller, 2));
    await until('one is refused', () => slow.some(({ status }) => status === 429));
    const refused = await Promise.all(slow.filter(({ status }) => status === 429).map((body) => body.response()));

    expect(slow.filter(({ status }) => status === null)).toHaveLength(3);
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatch(/\r\nretry-after: 5\r\n/i);
    for (const body of slow) body.leave();
    await until('the slots are free', async () => (await sendLarge(ann)).status === 201);
  });

  it('gets a response before its sender has finished', async () => {
    const slow = slowBody(ann, 30);

    expect(await slow.response()).toMatch(/^HTTP\/1.1 413 /);
    slow.leave();
  });

  function slowBody(caller: Client, megabytes: number): SlowBody {
    const headers = { ...caller.credentials, 'content-length': String(megabytes * MB) };
    return SlowBody.begin(installation.host.url, SESSIONS, headers, `{"state":"${'x'.repeat(1000)}`);
  }

  function sendLarge(caller: Client) {
    return caller.post(SESSIONS, state(`"${'x'.repeat(1.5 * MB)}"`));
  }
});

describe('A body that does not arrive in time', () => {
  it('returns 408 and closes the connection', async () => {
    const { installation } = await Installation.withApplication({ BODY_TIMEOUT_SECONDS: '1' });
    const ann = await installation.asUser('ann');

    const bodies = [SESSIONS, '/api/v1/exports/scheduled'].map((path) =>
      SlowBody.begin(installation.host.url, path, { ...ann.credentials, 'content-length': '100' }, '{"name":"'),
    );

    for (const body of bodies) {
      expect(await body.response()).toMatch(/^HTTP\/1.1 408 [^]*\r\nconnection: close\r\n/i);
      await until('the connection is closed', () => body.isClosed);
    }
    await installation.remove();
  });
});
