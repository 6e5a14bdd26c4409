import { PrismaService } from '../../src/platform/database/prisma.service';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

const PARTNER = '0192f0c1-2222-7000-8000-00000000000c';

describe('Lists of exports of an owner with many', () => {
  let database: TestDatabase;
  let prisma: PrismaService;

  beforeAll(async () => {
    database = await createTestDatabase();
    prisma = new PrismaService(database.url, 'export-lists');
    // Until a commit is flushed, VACUUM does not mark its pages as visible to all.
    await prisma.$transaction([
      prisma.$executeRaw`SET LOCAL synchronous_commit = on`,
      prisma.$executeRaw`
      INSERT INTO exports (id, kind, format, status, user_id, tenant_id, customer_id, event_id, request_id, options)
      SELECT gen_random_uuid(), 'event', 'csv', 'cancelled', CASE n % 3 WHEN 0 THEN 'ada' WHEN 1 THEN 'user ' || n END, 'blue',
             CASE WHEN n % 3 = 2 THEN ${PARTNER}::uuid END, gen_random_uuid(), 'r', jsonb_build_object('text', repeat(md5(n::text), 20))
      FROM generate_series(1, 10000) AS n`,
    ]);
    // A snapshot of the same database, such as one of autoanalyze, keeps VACUUM from marking pages.
    await until('VACUUM has marked all pages', async () => {
      await prisma.$executeRawUnsafe('VACUUM ANALYZE exports');
      const [{ isMarked } = { isMarked: false }] = await prisma.$queryRaw<{ isMarked: boolean }[]>`
        SELECT relallvisible >= relpages AS "isMarked" FROM pg_class WHERE oid = 'exports'::regclass`;
      return isMarked;
    });
  });

  afterAll(async () => {
    await prisma.$disconnect();
    await database.drop();
  });

  it.each([
    [
      'of a user',
      `user_id = 'ada' AND tenant_id = 'blue' AND status = 'failed'`,
      'exports_user_id_tenant_id_listed_idx',
    ],
    ['of an external system', `customer_id = '${PARTNER}' AND kind = 'data'`, 'exports_customer_id_listed_idx'],
  ])('count what matches a filter %s without reading the records', async (_, condition, index) => {
    expect(await planOf(`SELECT count(*) FROM exports WHERE ${condition}`)).toContain(`Index Only Scan using ${index}`);
  });

  it('find the exports of one event by its index', async () => {
    const plan = await planOf(
      `SELECT * FROM exports WHERE user_id = 'ada' AND kind = 'event' AND event_id = '${PARTNER}'`,
    );

    expect(plan).toContain('exports_event_id_id_idx');
  });

  async function planOf(query: string): Promise<string> {
    const lines = await prisma.$queryRawUnsafe<{ 'QUERY PLAN': string }[]>(`EXPLAIN ${query}`);
    return lines.map((line) => line['QUERY PLAN']).join('\n');
  }
});
