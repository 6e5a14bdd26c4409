import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '../support/client';
import { Installation } from '../support/installation';
import { scaled, timeOf } from '../support/machine';
import type { Service } from '../support/service';
import { blockThreadPool } from '../support/thread-pool';

const READERS = 200;
const ROUNDS = 3;
/** Her requests read the database several times. */
const TIMES_READER = 5;

/** Health and metrics need no token: reading them must not deny service to others. */
describe('While 200 anonymous clients read', () => {
  let installation: Installation;
  let service: Service;
  let ann: Client;

  beforeAll(async () => {
    ({ installation, service } = await Installation.withService({ STORAGE: 'disk', ROLE: 'api' }));
    ann = await installation.asUser('ann');
  });

  afterAll(() => installation.remove());

  it.each(['/health/ready', '/metrics'])('%s, the service stays ready and serves others', async (path) => {
    const statuses: number[] = [];
    const readerTimes: number[] = [];
    let isServed = false;
    // They do not stop before she is served.
    const attack = Promise.all(
      Array.from({ length: READERS }, async () => {
        for (let round = 0; round < ROUNDS || !isServed; round += 1)
          readerTimes.push(await timeOf(async () => statuses.push((await fetch(service.url + path)).status)));
      }),
    );

    const expectAnswer = async () => {
      expect((await ann.get('/api/v1/exports/')).status).toBe(200);
    };
    const times: number[] = [];
    for (let request = 0; request < ROUNDS; request += 1) times.push(await timeOf(expectAnswer));
    isServed = true;
    await attack;

    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect(statuses.length).toBeGreaterThanOrEqual(READERS * ROUNDS);
    // On a busy machine, each of the readers waits too.
    expect(Math.max(...times)).toBeLessThan(Math.max(scaled(3_000), TIMES_READER * Math.max(...readerTimes)));
  });

  it('/health/ready, nothing is written to the storage', async () => {
    const seen = new Set<string>();
    const over = new AbortController();
    const watching = (async () => {
      while (!over.signal.aborted)
        for (const name of await readdir(installation.storageFolder, { recursive: true })) seen.add(name);
    })();

    for (let round = 0; round < ROUNDS; round += 1) {
      await fetch(`${service.url}/health/ready`);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    over.abort();
    await watching;

    expect([...seen]).toEqual([]);
  });
});

describe('While all libuv threads are busy', () => {
  it('callers are authenticated without waiting for one', async () => {
    const { installation, application } = await Installation.withApplication({ ROLE: 'api' });
    const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl';
    const ask = () => fetch(`${application.url}/api/v1/exports/`, { headers: { authorization: `Bearer ${token}` } });
    await ask();
    const pool = blockThreadPool();

    expect((await ask()).status).toBe(401);

    expect(pool.isBlocked()).toBe(true);
    await pool.over;
    await installation.remove();
  });
});

describe('A process that was killed during a storage check', () => {
  it('leaves nothing behind, and files of an earlier version are deleted', async () => {
    const installation = await Installation.create({ STORAGE: 'disk', ROLE: 'api' });
    const left = join(installation.storageFolder, '.uploads');
    await mkdir(left);
    await writeFile(join(left, '.check-0b0e0c3e-6a4c-4a8f-9a6c-0d7f6c1f2a3b'), 'check');

    await installation.startApplication();

    expect(await readdir(left)).toEqual([]);
    await installation.remove();
  });
});
