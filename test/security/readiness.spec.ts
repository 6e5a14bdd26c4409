import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '../support/client';
import { Installation } from '../support/installation';
import type { Service } from '../support/service';
import { blockThreadPool } from '../support/thread-pool';

const READERS = 200;
const ROUNDS = 3;

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
    const attackers = new AbortController();
    const attack = Promise.all(
      Array.from({ length: READERS }, async () => {
        for (let round = 0; round < ROUNDS; round += 1) statuses.push((await fetch(service.url + path)).status);
      }),
    ).finally(() => {
      attackers.abort();
    });

    /** How many requests of the readers are answered while one of hers waits. */
    const overtaken: number[] = [];
    while (!attackers.signal.aborted) {
      const before = statuses.length;
      expect((await ann.get('/api/v1/exports/')).status).toBe(200);
      overtaken.push(statuses.length - before);
    }
    await attack;

    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect(statuses).toHaveLength(READERS * ROUNDS);
    // She waits for those before her, and for those that arrive until she is authenticated.
    expect(Math.max(...overtaken)).toBeLessThan(2 * READERS);
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
