import { Prisma } from '../../src/platform/database/generated/client';
import { PrismaService } from '../../src/platform/database/prisma.service';
import { PrismaReportingRepository } from '../../src/reporting/infrastructure/reporting.repository.prisma';
import { lastDays } from '../../src/reporting/model/domain/daily-stats';
import type { Period } from '../../src/reporting/model/domain/period';
import { MAX_COMPARED_ESTIMATES } from '../../src/reporting/model/domain/reporting.repository';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const DAY_MS = 86_400_000;
/** Three of four succeed with an estimate: more than are compared. */
const EXPORTS = 16_000;
const DAYS = 100;

const daysAgo = (days: number) => new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS - days * DAY_MS);

describe('The statistics of many exports', () => {
  let database: TestDatabase;
  let prisma: PrismaService;
  let records: PrismaReportingRepository;

  beforeAll(async () => {
    database = await createTestDatabase();
    prisma = new PrismaService(database.url, 'export-stats');
    records = new PrismaReportingRepository(prisma);
    await insertRandom();
    await prisma.$executeRawUnsafe('VACUUM ANALYZE exports');
  });

  afterAll(async () => {
    await prisma.$disconnect();
    await database.drop();
  });

  /** Random exports of the last days. Those of older days have ended. */
  async function insertRandom(): Promise<void> {
    // Until a commit is flushed, VACUUM does not mark its pages as visible to all.
    await prisma.$transaction([
      prisma.$executeRaw`SET LOCAL synchronous_commit = on`,
      prisma.$executeRaw`SELECT setseed(0.5)`,
      prisma.$executeRaw`
      INSERT INTO exports (id, kind, format, status, user_id, tenant_id, request_id, streamed, storage_key, sha256, error, error_code,
                           attempt_token, heartbeat_at, file_size, record_count, page_count, estimate, options, created_at, started_at,
                           completed_at)
      SELECT gen_random_uuid(), kind, CASE WHEN kind = 'board' THEN 'png' WHEN c < 0.7 THEN 'csv' ELSE 'json' END, status, 'ada',
             CASE WHEN d < 0.8 THEN 'blue' WHEN d < 0.9 THEN 'red' END, 'r', i < 0.1, 'k', 's',
             CASE WHEN status = 'failed' THEN 'It failed' END, CASE WHEN f < 0.5 THEN 'timeout' END,
             CASE WHEN status = 'processing' THEN gen_random_uuid() END, CASE WHEN status = 'processing' THEN now() END,
             CASE WHEN ended THEN bytes END, CASE WHEN ended AND kind = 'data' THEN records END, CASE WHEN kind = 'board' THEN records END,
             CASE WHEN g < 0.9 THEN jsonb_build_object(
               'record_count', CASE WHEN kind = 'board' OR h < 0.1 THEN records ELSE round((records * (0.5 + h))::numeric) END,
               'file_size', round((bytes * (0.5 + f))::numeric), 'duration_seconds', CASE WHEN c < 0.8 THEN took * (0.5 + e) END) END,
             jsonb_build_object('text', repeat('x', 600)), at, CASE WHEN status <> 'pending' AND i < 0.95 THEN at + interval '100 ms' END,
             CASE WHEN ended THEN at + interval '100 ms' + took * interval '1 second' END
      FROM (SELECT *, status NOT IN ('pending', 'processing') AS ended
            FROM (SELECT *, date_trunc('milliseconds', now() - age) AS at,
                         CASE WHEN b < 0.6 THEN 'data' ELSE 'board' END AS kind, floor(c * 1000)::int AS records,
                         floor(exp(d * 12))::int AS bytes, round((exp(h * 5) / 50)::numeric, 3)::float8 AS took,
                         CASE WHEN e < 0.05 THEN 'failed' WHEN e < 0.1 THEN 'cancelled' WHEN e < 0.5 THEN 'completed'
                              WHEN age < '8 hours' AND e < 0.6 THEN 'processing' WHEN age < '8 hours' AND e < 0.7 THEN 'pending'
                              ELSE 'expired' END AS status
                  FROM (SELECT n * interval '1 day' * ${DAYS}::int / ${EXPORTS}::int AS age, random() AS b, random() AS c, random() AS d,
                               random() AS e, random() AS f, random() AS g, random() AS h, random() AS i
                        FROM generate_series(1, ${EXPORTS}::int) AS n) AS dice) AS drawn) AS random`,
    ]);
  }

  /** The same figures, from all records in one plain query. */
  async function recompute(tenantId: string | null, { from, to }: Period) {
    const rows = await prisma.$queryRaw<Record<string, unknown>[]>`
      SELECT kind, format, count(*)::int AS total,
             count(*) FILTER (WHERE done)::int AS successful, count(*) FILTER (WHERE status = 'failed')::int AS failed,
             count(*) FILTER (WHERE status = 'cancelled')::int AS cancelled,
             count(*) FILTER (WHERE status IN ('pending', 'processing'))::int AS unfinished,
             round(extract(epoch FROM avg(completed_at - started_at) FILTER (WHERE done)) * 1000)::float8 AS "averageMs",
             coalesce(sum(file_size) FILTER (WHERE done), 0)::float8 AS bytes,
             coalesce(sum(record_count) FILTER (WHERE done), 0)::float8 AS records,
             jsonb_build_object('estimated', count(*) FILTER (WHERE done AND estimate IS NOT NULL),
               'records', jsonb_build_object('medianDeviation', percentile_cont(0.5) WITHIN GROUP (ORDER BY r),
                                             'accurateShare', avg((r <= 0.2)::int)::float8),
               'bytes', jsonb_build_object('medianDeviation', percentile_cont(0.5) WITHIN GROUP (ORDER BY b),
                                           'accurateShare', avg((b <= 0.2)::int)::float8),
               'duration', jsonb_build_object('medianDeviation', percentile_cont(0.5) WITHIN GROUP (ORDER BY d),
                                              'accurateShare', avg((d <= 0.2)::int)::float8)) AS estimates
      FROM (SELECT *, abs((compared->>'record_count')::float8 - true_count) / greatest(true_count, 1) AS r,
                   abs((compared->>'file_size')::float8 / greatest(file_size, 1) - 1) AS b,
                   CASE WHEN NOT streamed THEN abs((compared->>'duration_seconds')::float8
                     / greatest(extract(epoch FROM completed_at - started_at)::float8, 0.001) - 1) END AS d
            FROM (SELECT *, coalesce(record_count, page_count) AS true_count,
                         CASE WHEN done AND row_number() OVER (PARTITION BY done AND estimate IS NOT NULL ORDER BY created_at DESC)
                                            <= ${MAX_COMPARED_ESTIMATES} THEN estimate END AS compared
                  FROM (SELECT *, status IN ('completed', 'expired') AS done FROM exports
                        WHERE (${tenantId}::text IS NULL OR tenant_id = ${tenantId})
                          AND created_at >= coalesce(${from?.toISOString() ?? null}::timestamptz, '-infinity')
                          AND created_at < coalesce(${to?.toISOString() ?? null}::timestamptz, 'infinity')) AS export) AS export) AS export
      GROUP BY GROUPING SETS ((), (kind), (format)) ORDER BY kind, format`;
    const figuresOf = (row: Record<string, unknown>) => ({ ...row, kind: undefined, format: undefined });
    return {
      all: figuresOf(rows.find(({ kind, format }) => kind === null && format === null)!),
      byKind: rows.flatMap((row) => (row['kind'] === null ? [] : [{ ...figuresOf(row), kind: row['kind'] }])),
      byFormat: rows.flatMap((row) => (row['format'] === null ? [] : [{ ...figuresOf(row), format: row['format'] }])),
    };
  }

  it.each<[string, Period]>([
    ['of all times', {}],
    ['until a day', { to: daysAgo(5) }],
    ['of a month', { from: daysAgo(30), to: daysAgo(1) }],
    ['without an export', { to: daysAgo(2 * DAYS) }],
  ])('are those of a recomputation from all records: a period %s', async (_, period) => {
    for (const tenant of [null, 'blue', 'red'])
      expect(await records.stats(tenant, period)).toEqual(await recompute(tenant, period));
  });

  it('count from indexes, and read the records of compared estimates only', async () => {
    const ofMonth = await prisma.export.count({ where: { createdAt: { gte: daysAgo(29) } } });

    for (const tenant of [null, 'blue']) {
      const scans = await scansOf((explained) => new PrismaReportingRepository(explained).stats(tenant, {}));
      expect(scans.map(({ node }) => node)).toEqual(['Index Only Scan', 'Index Only Scan', 'Index Scan']);
    }
    const scans = await scansOf((explained) => new PrismaReportingRepository(explained).stats(null, {}));
    expect(scans.map(({ rows }) => rows)).toEqual([EXPORTS, expect.any(Number), MAX_COMPARED_ESTIMATES]);
    const ofDays = await scansOf((explained) =>
      new PrismaReportingRepository(explained).dailyStats(null, lastDays(30, {}, new Date())),
    );
    for (const { node, rows } of ofDays) {
      expect(node).toBe('Index Only Scan');
      // PostgreSQL rounds the average of the days.
      expect(rows).toBeLessThan(1.01 * ofMonth);
    }
  });

  it('compare the estimates of the newest exports only', async () => {
    await prisma.$executeRaw`
      INSERT INTO exports (id, kind, format, status, user_id, tenant_id, request_id, storage_key, sha256, file_size, record_count, estimate,
                           created_at, started_at, completed_at)
      SELECT gen_random_uuid(), 'data', 'csv', 'completed', 'ada', 'green', 'r', 'k', 's', 100, 10,
             jsonb_build_object('record_count', 10 * error, 'file_size', 100 * error, 'duration_seconds', 2 * error), at, at,
             at + interval '2 seconds'
      FROM (SELECT now() - n * interval '1 minute' AS at, CASE WHEN n > ${MAX_COMPARED_ESTIMATES}::int THEN 3 ELSE 1 END AS error
            FROM generate_series(1, 2 * ${MAX_COMPARED_ESTIMATES}::int + 1) AS n) AS past`;

    const { all, byKind } = await records.stats('green', {});

    const isTrue = { medianDeviation: 0, accurateShare: 1 };
    const estimates = { estimated: 2 * MAX_COMPARED_ESTIMATES + 1, records: isTrue, bytes: isTrue, duration: isTrue };
    expect(all).toMatchObject({ total: estimates.estimated, estimates });
    expect(byKind).toMatchObject([{ kind: 'data', estimates }]);
  });

  interface PlanNode {
    readonly 'Node Type': string;
    readonly 'Relation Name'?: string;
    readonly 'Actual Rows': number;
    readonly 'Actual Loops': number;
    readonly 'Rows Removed by Filter'?: number;
    readonly Plans?: readonly PlanNode[];
  }

  /** How the queries of some work read exports, and how many of them. */
  async function scansOf(work: (explained: PrismaService) => Promise<unknown>) {
    const scans: { readonly node: string; readonly rows: number }[] = [];
    const explained = new Proxy(prisma, {
      get: (target, name) =>
        name === '$queryRaw'
          ? async (query: TemplateStringsArray, ...values: unknown[]) => {
              const sql = Prisma.sql(query, ...values);
              const [row] = await target.$queryRaw<{ 'QUERY PLAN': [{ Plan: PlanNode }] }[]>`
                EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`;
              scans.push(...readsOf(row!['QUERY PLAN'][0].Plan));
              return target.$queryRaw(sql);
            }
          : (Reflect.get(target, name) as unknown),
    });
    await work(explained);
    return scans;
  }

  function readsOf(node: PlanNode): { readonly node: string; readonly rows: number }[] {
    const rows = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
    const own = node['Relation Name'] === 'exports' ? [{ node: node['Node Type'], rows: Math.round(rows) }] : [];
    return [...own, ...(node.Plans ?? []).flatMap(readsOf)];
  }
});
