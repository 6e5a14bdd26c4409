import { randomUUID } from 'node:crypto';
import { type KeyRange, ObjectClaims } from '../../src/delivery/infrastructure/object-claims';
import { PrismaService } from '../../src/platform/database/prisma.service';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const KEPT_DAYS = 90;
const RANGE: KeyRange = { endpoint: 'https://s3.example', bucket: 'reports', begin: 'daily/sales_2026-03-28' };
const KEY = `${RANGE.begin}.csv`;

describe('Claims of bucket keys', () => {
  const [ours, theirs] = [randomUUID(), randomUUID()];
  let database: TestDatabase;
  let prisma: PrismaService;
  let claims: ObjectClaims;

  beforeAll(async () => {
    database = await createTestDatabase();
    prisma = new PrismaService(database.url, 'object-claims-under-test');
    claims = new ObjectClaims(prisma);
  });

  beforeEach(() => prisma.$executeRaw`TRUNCATE delivered_objects`);

  afterAll(async () => {
    await prisma.$disconnect();
    await database.drop();
  });

  it('give a key to the first export, and repeatedly to that one only', async () => {
    const responses = [
      await claims.claim(RANGE, KEY, ours),
      await claims.claim(RANGE, KEY, ours),
      await claims.claim(RANGE, KEY, theirs),
    ];

    expect(responses).toEqual(['new', 'held', 'taken']);
  });

  it('give a key to one of many concurrent exports', async () => {
    const responses = await Promise.all(Array.from({ length: 8 }, () => claims.claim(RANGE, KEY, randomUUID())));

    expect(responses.sort()).toEqual(['new', ...Array<string>(7).fill('taken')]);
  });

  it.each([
    ['bucket', { bucket: 'archive' }],
    ['endpoint', { endpoint: 'https://other.example' }],
  ])('distinguish the same key of another %s', async (_, other) => {
    await claims.claim(RANGE, KEY, ours);

    expect(await claims.claim({ ...RANGE, ...other }, KEY, theirs)).toBe('new');
    expect([...(await claims.within(RANGE))]).toEqual([[KEY, ours]]);
  });

  it('list the keys of a literal prefix with their exports', async () => {
    const like = RANGE.begin.replace('_', 'x');
    for (const key of [KEY, `${RANGE.begin}-2.csv`, `${like}.csv`]) await claims.claim(RANGE, key, ours);

    expect([...(await claims.within(RANGE)).keys()].sort()).toEqual([`${RANGE.begin}-2.csv`, KEY]);
  });

  it('are released by their export only', async () => {
    await claims.claim(RANGE, KEY, ours);

    await claims.release(RANGE, KEY, theirs);
    const kept = await claims.claim(RANGE, KEY, theirs);
    await claims.release(RANGE, KEY, ours);

    expect([kept, await claims.claim(RANGE, KEY, theirs)]).toEqual(['taken', 'new']);
  });

  it(`are deleted after ${KEPT_DAYS} days`, async () => {
    await claims.claim(RANGE, KEY, ours);
    await claims.claim(RANGE, `${RANGE.begin}-2.csv`, ours);
    await prisma.$executeRaw`
      UPDATE delivered_objects SET created_at = now() - make_interval(days => ${KEPT_DAYS}, mins => CASE key WHEN ${KEY} THEN 1 ELSE -1 END)`;

    await claims.claim(RANGE, `${RANGE.begin}-3.csv`, ours);

    expect([...(await claims.within(RANGE)).keys()].sort()).toEqual([`${RANGE.begin}-2.csv`, `${RANGE.begin}-3.csv`]);
  });
});
