import { PrismaService } from '../../src/platform/database/prisma.service';
import { PrismaDeliveryRepository } from '../../src/delivery/infrastructure/delivery.repository.prisma';
import { createFakeRecords, createPrismaRecords } from '../support/records-under-test';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { testConfig } from '../support/test-config';
import { describeDeliveryRepository } from './delivery-repository.contract';

describeDeliveryRepository('PrismaDeliveryRepository', createPrismaRecords);
describeDeliveryRepository('FakeDeliveryRepository', createFakeRecords);

const EXPORT = '019abcde-0000-7000-8000-000000000001';

/** Any number of processes take from one outbox; what the database promises them is tried here. */
describe('The outbox', () => {
  let database: TestDatabase;
  let processes: PrismaService[];
  let ours: PrismaDeliveryRepository;
  let theirs: PrismaDeliveryRepository;

  beforeAll(async () => {
    database = await createTestDatabase();
    const config = testConfig({ DATABASE_URL: database.url, EXPORT_LEASE_SECONDS: '3' });
    processes = [new PrismaService(database.url, 'ours'), new PrismaService(database.url, 'theirs')];
    [ours, theirs] = processes.map((prisma) => new PrismaDeliveryRepository(prisma, config)) as [
      ...[PrismaDeliveryRepository, PrismaDeliveryRepository],
    ];
  });

  beforeEach(() => run('TRUNCATE export_deliveries'));

  afterAll(async () => {
    await Promise.all(processes.map((prisma) => prisma.$disconnect()));
    await database.drop();
  });

  function run(statement: string): Promise<number> {
    return processes[0]!.$executeRawUnsafe(statement);
  }

  async function post(count: number, columns: Record<string, string> = {}): Promise<void> {
    const all = {
      id: 'gen_random_uuid()',
      event: `'export.completed-' || n`,
      channel: `'email'`,
      target: `'{}'`,
      ...columns,
    };
    await run(
      `INSERT INTO export_deliveries (${Object.keys(all).join(', ')})
       SELECT ${Object.values(all).join(', ')} FROM generate_series(1, ${count}) n`,
    );
  }

  it('gives each message to one of all concurrent dispatchers', async () => {
    await post(200);

    const requested = Array.from({ length: 60 }, (_, turn) => (turn % 2 === 0 ? ours : theirs).claimDue({ email: 8 }));
    const taken = (await Promise.all(requested)).flat();

    expect(new Set(taken.map(({ message }) => message.id)).size).toBe(taken.length);
    expect(new Set(taken.map(({ token }) => token)).size).toBe(taken.length);
    expect(taken.every(({ message }) => message.attempt === 1)).toBe(true);
  });

  it('returns no more of a channel than its free slots, longest due first', async () => {
    await post(3, { next_attempt_at: `now() - n * interval '1 minute'` });
    await post(3, { channel: `'s3'` });
    await post(3, { channel: `'pigeon'` });

    const taken = await ours.claimDue({ email: 2, s3: 1, webhook: 4 });
    const none = await ours.claimDue({ email: 0, s3: 0, webhook: 0 });

    const told = taken.map(({ message: { channel, event } }) => (channel === 'email' ? event : channel)).sort();
    expect(told).toEqual(['export.completed-2', 'export.completed-3', 's3']);
    expect(none).toEqual([]);
  });

  it('serves an owner before the backlog of another', async () => {
    await post(40, { user_id: `'eve'`, next_attempt_at: `now() - interval '1 hour'` });
    await post(1, { user_id: `'ann'`, next_attempt_at: 'now()' });
    await post(1, { user_id: `'ann'`, tenant_id: `'blue'`, next_attempt_at: 'now()' });

    const first = await ours.claimDue({ email: 4 });
    await post(1, { user_id: `'zoe'`, next_attempt_at: 'now()' });
    const next = await theirs.claimDue({ email: 1 });

    const owners = first.map(({ message: { userId, tenantId } }) => [userId, tenantId]).sort();
    expect(owners).toEqual([
      ['ann', null],
      ['ann', 'blue'],
      ['eve', null],
      ['eve', null],
    ]);
    expect(next).toMatchObject([{ message: { userId: 'zoe' } }]);
  });

  it('returns nothing that is not due or has an unexpired lease', async () => {
    await post(1, { next_attempt_at: `now() + interval '1 minute'` });
    const early = await ours.claimDue({ email: 1 });
    await run(`UPDATE export_deliveries SET next_attempt_at = now() - interval '1 second'`);
    const [first] = await ours.claimDue({ email: 1 });
    const held = await theirs.claimDue({ email: 1 });
    await run(`UPDATE export_deliveries SET lease = now() - interval '1 second'`);

    const [second] = await theirs.claimDue({ email: 1 });

    expect([early, held]).toEqual([[], []]);
    expect(second).toMatchObject({ message: { id: first!.message.id, attempt: 2 } });
    expect(await ours.beat(first!)).toBe(false);
    expect(await theirs.beat(second!)).toBe(true);
  });

  it('can be changed by the holder of the lease only', async () => {
    await post(1, { event: `'export.held'` });
    const [former] = await ours.claimDue({ email: 1 });
    await run(`UPDATE export_deliveries SET lease = now() - interval '1 second'`);
    const [holder] = await theirs.claimDue({ email: 1 });

    const formerly = await Promise.all([
      ours.markDelivered(former!, {}),
      ours.scheduleRetry(former!, 5, 'no'),
      ours.markFailed(former!, 'no', 'gone'),
      ours.handBack(former!),
    ]);
    const now = await theirs.markDelivered(holder!, { status: 200 });
    const again = await theirs.markFailed(holder!, 'no', null);

    expect([formerly, now, again]).toEqual([[false, false, false, false], true, false]);
    expect(
      await processes[0]!.auditEntry.findMany({
        where: { details: { path: ['event'], equals: 'export.held' } },
        select: { action: true },
      }),
    ).toEqual([{ action: 'delivery.delivered' }]);
  });

  it('reports the number and age of pending messages', async () => {
    await post(2, { created_at: `now() - interval '1 hour'` });
    await post(1, { channel: `'s3'` });
    await post(1, { status: `'failed'`, created_at: `now() - interval '1 day'` });

    const { pending, oldestSeconds } = await ours.backlog();

    expect([...pending].sort()).toEqual([
      ['email', 2],
      ['s3', 1],
    ]);
    expect(oldestSeconds).toBeGreaterThanOrEqual(3600);
    expect(oldestSeconds).toBeLessThan(3700);
  });

  it('reports the state of the deliveries of exports, and which receiver is gone', async () => {
    await post(1, { export_id: `'${EXPORT}'::uuid`, channel: `'webhook'` });
    const [attempt] = await ours.claimDue({ webhook: 1 });
    await ours.markFailed(attempt!, 'It wants nothing more', 'gone');

    const states = await theirs.statesOf([EXPORT, '019abcde-0000-7000-8000-000000000002']);

    expect([...states]).toEqual([
      [
        EXPORT,
        [
          {
            channel: 'webhook',
            event: 'export.completed-1',
            status: 'failed',
            attempts: 1,
            receipt: null,
            lastError: 'It wants nothing more',
            errorCode: 'receiver-gone',
            endedAt: expect.any(Date),
            gone: true,
          },
        ],
      ],
    ]);
  });
});
