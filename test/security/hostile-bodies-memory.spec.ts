import { existsSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Client } from '../support/client';
import { describeWhere } from '../support/describe-where';
import { Installation } from '../support/installation';
import { memoryRise } from '../support/process-memory';
import { SlowBody } from '../support/slow-body';
import { until } from '../support/until';

const SESSIONS = '/api/v1/solo/sessions/';
const MB = 1024 * 1024;
const GZIP = { 'content-encoding': 'gzip' };
const WITHIN = { within: 60_000 };

/** What is sent has less than a megabyte and becomes 25: as much as is taken. */
const FILLINGS: readonly [name: string, piece: string][] = [
  ['a text', 'x'],
  ['numbers', '1,'],
  ['lists', '[],'],
];

/** Only Linux reports the memory of a process tree. */
const missing = existsSync('/proc/self/task') ? null : 'this system has no /proc';

describeWhere(missing, 'The memory of a process', () => {
  let installation: Installation;
  let processId: number;
  let ann: Client;

  beforeAll(async () => {
    const { installation: made, service } = await Installation.withService();
    [installation, processId] = [made, service.processId];
    ann = await installation.asUser('ann');
    await ann.saveBoard({});
  });

  afterAll(() => installation.remove());

  it('rises by at most 100 MB for a request of less than 1 MB', async () => {
    const rises: [name: string, megabytes: number][] = [];
    const measure = async (name: string, request: () => Promise<{ readonly status: number }>, status: number) => {
      const rise = await memoryRise(processId, async () => {
        expect((await request()).status).toBe(status);
      });
      rises.push([name, Math.round(rise / MB)]);
    };

    let board = '';
    for (const [name, piece] of FILLINGS) {
      const body = packed(piece);
      await measure(
        `POST ${name}`,
        async () => {
          const created = await ann.post(SESSIONS, body, GZIP);
          board = /"id":"([^"]+)"/.exec(created.text.slice(0, 200))?.[1] ?? '';
          return created;
        },
        201,
      );
      await measure(`PATCH ${name}`, () => ann.patch(`${SESSIONS}${board}/`, body, GZIP), 200);
    }
    await measure('GET', () => ann.get(`${SESSIONS}${board}/`), 200);
    await measure('duplicate', () => ann.post(`${SESSIONS}${board}/duplicate/`), 201);

    expect(rises.filter(([, megabytes]) => megabytes > 100)).toEqual([]);
  });

  it('rises by at most 200 MB for 60 bodies of 25 MB whose last byte is missing', async () => {
    const callers = await Promise.all(Array.from({ length: 30 }, (_, index) => installation.asUser(`slow-${index}`)));
    const filling = Buffer.alloc(25 * MB - 1, 'x').fill('{"state":"', 0, 10);
    let bodies: SlowBody[] = [];

    const rise = await memoryRise(processId, async () => {
      bodies = [...callers, ...callers].map(({ url, credentials }) =>
        SlowBody.begin(url, SESSIONS, { ...credentials, 'content-length': String(25 * MB) }, filling),
      );
      await until('all are held or refused', () => bodies.every(({ isSent }) => isSent), WITHIN);
      expect((await ann.get(`${SESSIONS}?limit=1`)).status).toBe(200);
    });

    // She is answered before any of these.
    const held = bodies.filter(({ status }) => status === null);
    const refused = bodies.filter(({ status }) => status === 429);
    expect(held.length).toBeGreaterThan(1);
    expect(held.length + refused.length).toBe(60);
    expect(rise / MB).toBeLessThan(200);
    for (const body of bodies) body.leave();
  });
});

/** A board of almost 25 MB, of which less than a hundredth goes over the wire. */
function packed(piece: string): Buffer {
  let seed = 1;
  const noise = Buffer.from(
    Array.from({ length: 270_000 }, () => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return seed >>> 24;
    }),
  ).toString('base64');
  const filling = piece.repeat((24 * MB) / piece.length);
  return gzipSync(`{"state":["${noise}",${piece === 'x' ? `"${filling}"` : `${filling}0`}]}`);
}
