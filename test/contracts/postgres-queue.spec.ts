import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Health } from '../../src/platform/observability/health';
import { JobQueue, JobType } from '../../src/platform/queue/job-queue';
import { JobWorker } from '../../src/platform/queue/job-worker';
import { QueueConnections } from '../../src/platform/queue/queue-connections';
import { DatabaseProxy } from '../support/database-proxy';
import { testConfig, TestMetrics } from '../support/test-config';
import { RunningWork } from '../../src/platform/work/running-work';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

const Greet = new JobType<{ name: string }>('greet');
const Fail = new JobType<{ name: string }>('fail');

/** A loop without a pause tries hundreds of times; here a queue and a worker try after 100 ms, 200 ms, … 1 s. */
const MAX_TRIES_PER_SECOND = 30;
const CHECK_EVERY_MS = 25;

describe('The queue on PostgreSQL', () => {
  let database: TestDatabase;
  let proxy: DatabaseProxy;
  let warnings: string[];
  let queue: JobQueue;
  let worker: JobWorker;
  let greeted: string[];

  beforeEach(async () => {
    database = await createTestDatabase();
    proxy = await DatabaseProxy.before(database.url);
    warnings = [];
    greeted = [];
    Logger.overrideLogger({
      log: () => undefined,
      error: (...output: unknown[]) => void warnings.push(output.map(String).join(' ')),
      warn: (message: unknown) => void warnings.push(String(message)),
    });
  });

  afterEach(async () => {
    await worker.beforeApplicationShutdown();
    await queue.onApplicationShutdown();
    await proxy.close();
    await database.drop();
    Logger.overrideLogger(false);
  });

  function start(): void {
    const config = testConfig({ DATABASE_URL: proxy.url, REDIS_URL: '', SHUTDOWN_GRACE_SECONDS: '0' });
    const connections = new QueueConnections(config);
    const health = new Health(new TestMetrics());
    queue = new JobQueue(connections, health, new TestMetrics());
    worker = new JobWorker(config, connections, new RunningWork(config));
    worker.handle(Greet, ({ name }) => {
      greeted.push(name);
      return Promise.resolve();
    });
    worker.onApplicationBootstrap();
  }

  async function expectBackoff(): Promise<void> {
    const before = proxy.accepted;
    await delay(1_000);
    expect(proxy.accepted - before).toBeLessThan(MAX_TRIES_PER_SECOND);
    expect(proxy.accepted).toBeGreaterThan(before);
  }

  async function expectWork(name: string): Promise<void> {
    let checks = 0;
    await until(
      `the job of ${name} ran`,
      async () => {
        checks += 1;
        await queue.add(Greet, { id: name, payload: { name } }).catch(() => undefined);
        return greeted.includes(name);
      },
      { every: CHECK_EVERY_MS },
    );
    // Five seconds on a machine that does nothing else.
    expect(checks).toBeLessThan(5_000 / CHECK_EVERY_MS);
  }

  it.each(['starting', 'reset', 'terminate'] as const)(
    'waits for a database that responds with "%s", logs it once, and then works',
    async (fault) => {
      proxy.fault = fault;
      start();
      await expectBackoff();
      // One from the queue, one from the worker.
      expect(warnings.length).toBeLessThanOrEqual(2);

      proxy.break('pass');

      await expectWork('ann');
    },
  );

  it('waits in the same way when the database is lost later', async () => {
    start();
    await expectWork('ann');
    warnings = [];

    proxy.break('starting');
    await expectBackoff();
    expect(warnings.length).toBeLessThanOrEqual(2);
    proxy.break('pass');

    await expectWork('bob');
  });

  it('runs a job after all those that it follows, also if one of them fails', async () => {
    start();
    const names = Array.from({ length: 20 }, (_, index) => `part ${index}`);
    worker.handle(Fail, () => Promise.reject(new Error('Fails')));

    const jobs = names.map((name) => ({ id: name, payload: { name } }));
    await queue.addFlow(Greet, jobs, Greet, { id: 'last', payload: { name: 'last' } });
    await queue.addFlow(Fail, [{ id: 'failing', payload: { name: '' } }], Greet, {
      id: 'then',
      payload: { name: 'then' },
    });

    await until('the last jobs ran', () => greeted.includes('last') && greeted.includes('then'));
    expect(greeted.filter((name) => name !== 'then').at(-1)).toBe('last');
    expect(greeted.filter((name) => name.startsWith('part')).sort()).toEqual([...names].sort());
  });

  it('closes while its database is unavailable', async () => {
    proxy.fault = 'starting';
    start();
    await until('it tried a few times', () => proxy.accepted > 2);

    await worker.beforeApplicationShutdown();
    await queue.onApplicationShutdown();

    const tries = proxy.accepted;
    await delay(1_200);
    expect(proxy.accepted).toBe(tries);
  });
});
