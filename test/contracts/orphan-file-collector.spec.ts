import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Logger } from '@nestjs/common';
import type { Config } from '../../src/platform/config/config';
import { PrismaService } from '../../src/platform/database/prisma.service';
import { DiskStorage } from '../../src/platform/storage/disk-storage';
import { type FileReferences, OrphanFileCollector } from '../../src/platform/work/orphan-file-collector';
import { SweepMetrics } from '../../src/platform/work/sweep-metrics';
import { ClusterSchedule } from '../../src/platform/work/cluster-schedule';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { testConfig, TestMetrics } from '../support/test-config';
import { until } from '../support/until';

const MINUTE = 60_000;

describe('OrphanFileCollector', () => {
  let database: TestDatabase;
  let processes: [PrismaService, PrismaService];
  let config: Config;
  let directory: string;
  let storage: DiskStorage;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    database = await createTestDatabase();
    processes = [new PrismaService(database.url, 'ours'), new PrismaService(database.url, 'theirs')];
    config = testConfig({ DATABASE_URL: database.url, ORPHAN_GRACE_MINUTES: '60' });
  });

  beforeEach(async () => {
    await processes[0].$executeRaw`TRUNCATE sweeps`;
    directory = await mkdtemp(join(tmpdir(), 'storage-sweep-'));
    storage = new DiskStorage({ directory, publicUrl: 'https://exports.example.org' });
  });

  afterEach(() => rm(directory, { recursive: true }));

  afterAll(async () => {
    await Promise.all(processes.map((prisma) => prisma.$disconnect()));
    await database.drop();
  });

  /** Leaves a file that was last changed so many minutes ago. */
  async function leave(path: string, minutes: number): Promise<void> {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, 'bytes');
    const then = (Date.now() - minutes * MINUTE) / 1000;
    await utimes(file, then, then);
  }

  const upload = (key: string) => `.uploads/${key}~${randomUUID()}`;

  async function remaining(): Promise<{ files: string[]; uploads: string[] }> {
    const found = { files: [] as string[], uploads: [] as string[] };
    for await (const { key } of storage.list('')) found.files.push(key);
    for await (const { key } of storage.listUploads('')) found.uploads.push(key);
    return { files: found.files.sort(), uploads: found.uploads.sort() };
  }

  /** Runs one sweep of one process. @returns what its metrics show */
  async function sweep(references: FileReferences, isDone: () => Promise<boolean>): Promise<TestMetrics> {
    const [prisma] = processes;
    const shown = new TestMetrics();
    const metrics = new SweepMetrics(shown);
    const service = new OrphanFileCollector(config, prisma, storage, new ClusterSchedule(prisma), metrics);
    service.register(references);
    service.onApplicationBootstrap();
    await until('the storage was swept', isDone);
    await service.onModuleDestroy();
    return shown;
  }

  it('deletes only unreferenced files that are older than the grace period', async () => {
    const ages = { old: 61, young: 59, kept: 120 };
    for (const [name, minutes] of Object.entries(ages)) {
      await leave(`exports/${name}`, minutes);
      await leave(upload(`exports/${name}-upload`), minutes);
    }
    await leave('assets/old', 120);
    const references = {
      prefix: 'exports/',
      findReferenced: (keys: readonly string[]) => Promise.resolve(keptOf(keys)),
    };

    await sweep(references, async () => !(await remaining()).uploads.includes('exports/old-upload'));

    expect(await remaining()).toEqual({
      files: ['assets/old', 'exports/kept', 'exports/young'],
      uploads: ['exports/kept-upload', 'exports/young-upload'],
    });
  });

  it('continues after a file that cannot be deleted, and counts it as failed', async () => {
    for (const name of ['before', 'locked', 'other']) await leave(`exports/${name}`, 61);
    const deleteAll = storage.deleteAll.bind(storage);
    storage.deleteAll = async (keys) => {
      await deleteAll(keys.filter((key) => key !== 'exports/locked'));
      return new Map([['exports/locked', new Error('The file is locked')]]);
    };
    const references = { prefix: 'exports/', findReferenced: () => Promise.resolve(new Set<string>()) };

    const shown = await sweep(references, async () => (await remaining()).files.length === 1);

    expect((await remaining()).files).toEqual(['exports/locked']);
    expect(await shown.value('sweeps_total', { sweep: 'storage', outcome: 'failed' })).toBe(1);
    expect(await shown.value('sweep_removed_total', { kind: 'orphan' })).toBe(2);
  });

  it('asks for the references of records that settled within the grace period', async () => {
    await leave('exports/old', 61);
    const requested: Date[] = [];
    const findReferenced = (_: readonly string[], settledSince: Date) => {
      requested.push(settledSince);
      return Promise.resolve(new Set<string>());
    };

    await sweep({ prefix: 'exports/', findReferenced }, async () => (await remaining()).files.length === 0);

    const [first] = requested;
    expect(Date.now() - first!.getTime()).toBeGreaterThanOrEqual(60 * MINUTE);
    expect(Date.now() - first!.getTime()).toBeLessThan(61 * MINUTE);
  });

  it('runs in one process at a time, and again after the interval', async () => {
    const ask = () =>
      Promise.all(
        Array.from({ length: 12 }, (_, turn) => new ClusterSchedule(processes[turn % 2]!).tryAcquire('storage', 60)),
      );
    const taken = (responses: (Date | null)[]) => responses.filter((response) => response !== null).length;

    const first = taken(await ask());
    const early = taken(await ask());
    await processes[0].$executeRaw`UPDATE sweeps SET last_run_at = now() - interval '61 seconds'`;
    const late = taken(await ask());

    expect([first, early, late]).toEqual([1, 0, 1]);
  });
});

function keptOf(keys: readonly string[]): ReadonlySet<string> {
  return new Set(keys.filter((key) => key.includes('kept')));
}
