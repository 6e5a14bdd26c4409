import { randomUUID } from 'node:crypto';
import {
  type AnonymousAuditEntry,
  AUDIT_WINDOW_SECONDS,
  MAX_NETWORKS,
  recordAggregatedAudit,
  writePendingAggregates,
} from '../../src/platform/audit/aggregated-audit';
import { RequestContext } from '../../src/platform/observability/request-context';
import { PrismaService } from '../../src/platform/database/prisma.service';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const [OFFICE, ELSEWHERE] = ['203.0.113.7', '198.51.100.1'];
const REFUSED = { action: 'customer.refused', tenantId: null, details: { reason: 'unknown' } };

describe('Audit entries about anonymous callers', () => {
  let database: TestDatabase;
  let prisma: PrismaService;
  let other: PrismaService;
  let before: bigint;

  beforeAll(async () => {
    database = await createTestDatabase();
    [prisma, other] = [new PrismaService(database.url, 'one'), new PrismaService(database.url, 'other')];
  });

  beforeEach(async () => {
    await prisma.auditAggregate.deleteMany();
    before = (await prisma.auditEntry.aggregate({ _max: { id: true } }))._max.id ?? 0n;
  });

  afterAll(async () => {
    await Promise.all([prisma.$disconnect(), other.$disconnect()]);
    await database.drop();
  });

  const record = (address: string, entry: AnonymousAuditEntry = REFUSED, by = prisma) =>
    RequestContext.run({ requestId: 'r', address }, () =>
      by.$transaction((transaction) => recordAggregatedAudit(transaction, entry)),
    );

  const writePending = () => prisma.$transaction((transaction) => writePendingAggregates(transaction));

  const endMinute = () =>
    prisma.$executeRaw`
      UPDATE audit_aggregates SET written_at = written_at - make_interval(secs => ${AUDIT_WINDOW_SECONDS + 1})`;

  const entries = () => prisma.auditEntry.findMany({ where: { id: { gt: before } }, orderBy: { id: 'asc' } });

  const counts = async () =>
    (await entries()).map(({ address, details }) => [address, (details as { count: number }).count]);

  it('are written at once for the first event of a network, and once for all of the next minute', async () => {
    for (let time = 0; time < 5; time += 1) await record(OFFICE);
    await record(ELSEWHERE);
    await endMinute();
    await record(OFFICE);

    expect(await counts()).toEqual([
      [OFFICE, 1],
      [ELSEWHERE, 1],
      [OFFICE, 5],
    ]);
  });

  it('count a 64-bit IPv6 network as one and name the last address', async () => {
    await record('2001:db8:1:2::1');
    for (let host = 2; host < 9; host += 1) await record(`2001:db8:1:2:${host}::${host}`);
    await record('2001:db8:1:3::1');
    await endMinute();
    await writePending();

    expect(await counts()).toEqual([
      ['2001:db8:1:2::1', 1],
      ['2001:db8:1:3::1', 1],
      ['2001:db8:1:2:8::8', 7],
    ]);
  });

  it('are written once for all processes that count concurrently', async () => {
    await Promise.all(Array.from({ length: 12 }, (_, turn) => record(OFFICE, REFUSED, turn % 2 ? prisma : other)));
    await endMinute();
    await Promise.all([writePending(), writePending(), writePending()]);

    expect(await counts()).toEqual([
      [OFFICE, 1],
      [OFFICE, 11],
    ]);
  });

  it('are written by the maintenance when the caller does not return, at most once a minute, and then deleted', async () => {
    await record(OFFICE);
    await record(OFFICE);
    await writePending();
    expect(await counts()).toHaveLength(1);

    await endMinute();
    await writePending();
    await record(OFFICE);
    expect(await counts()).toEqual([
      [OFFICE, 1],
      [OFFICE, 1],
    ]);
    await endMinute();
    await writePending();
    await endMinute();
    await writePending();

    expect(await counts()).toHaveLength(3);
    expect(await prisma.auditAggregate.count()).toBe(0);
  });

  it('are bounded however many networks cause them', async () => {
    const networks = MAX_NETWORKS + 30;
    for (let network = 0; network < networks; network += 1) await record(`10.0.${network}.1`);
    await endMinute();
    await writePending();

    const written = await entries();
    expect(written).toHaveLength(MAX_NETWORKS + 2);
    expect(written.slice(MAX_NETWORKS)).toMatchObject([
      { address: null, details: { count: 1 } },
      { address: null, details: { count: 29 } },
    ]);
    expect(await prisma.auditAggregate.count()).toBeLessThanOrEqual(MAX_NETWORKS + 1);
  });

  it('name no customer and no tenant if the requests of the minute differ', async () => {
    const about = (customerId: string, tenantId: string) => ({ ...REFUSED, customerId, tenantId });
    const [one, two] = [about(randomUUID(), 'blue'), about(randomUUID(), 'red')];
    for (const entry of [one, two, two, one]) await record(OFFICE, entry);
    await endMinute();
    await record(OFFICE, two);
    await endMinute();
    await record(OFFICE, two);

    expect(await entries()).toMatchObject([
      { ...one, details: { count: 1, reason: 'unknown' } },
      { customerId: null, tenantId: null, details: { count: 4 } },
      { ...two, details: { count: 1, reason: 'unknown' } },
    ]);
  });
});
