import { PrismaMaintenanceRepository } from '../../src/production/infrastructure/maintenance.repository.prisma';
import { PrismaService } from '../../src/platform/database/prisma.service';
import { RateLimitUses } from '../../src/platform/database/rate-limit-uses';
import { ANN, ANN_IN_BLUE, BEN, PARTNER } from '../support/export-requests';
import { testConfig } from '../support/test-config';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const LIMIT = { limit: 3, windowSeconds: 60 };

describe('RateLimitUses', () => {
  let database: TestDatabase;
  let prisma: PrismaService;
  let sut: RateLimitUses;

  beforeAll(async () => {
    database = await createTestDatabase();
    prisma = new PrismaService(database.url, 'rate-limit-uses');
    sut = new RateLimitUses(prisma);
  });

  beforeEach(() => prisma.rateLimitUses.deleteMany());

  afterAll(async () => {
    await prisma.$disconnect();
    await database.drop();
  });

  const take = (account = ANN, limit = LIMIT) => sut.take('thumbnails', account, limit);

  /** Whatever was used lies so many seconds further back. */
  const advance = (seconds: number) => prisma.$executeRaw`
    UPDATE rate_limit_uses SET expires_at = expires_at - make_interval(secs => ${seconds}),
      used_at = ARRAY(SELECT use - make_interval(secs => ${seconds}) FROM unnest(used_at) AS use)`;

  it('grants as many uses as the limit allows and reports what is left', async () => {
    const states = [await take(), await take(), await take()];

    expect(states).toMatchObject(
      [2, 1, 0].map((remaining) => ({ ...LIMIT, name: 'thumbnails', remaining, resetSeconds: 60 })),
    );
    await expect(take()).rejects.toMatchObject({ kind: 'limit', details: { retryAfterSeconds: 60 } });
  });

  it('grants exactly as many concurrent uses', async () => {
    const all = await Promise.allSettled(Array.from({ length: 12 }, () => take()));

    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(LIMIT.limit);
  });

  it('uses a sliding window that each use leaves after its own time', async () => {
    await take();
    await advance(50);
    await take();
    await take();
    const early: unknown = await take().catch((error: unknown) => error);
    await advance(11);

    const late = await take();

    expect(early).toMatchObject({ details: { retryAfterSeconds: 10 } });
    expect(late).toMatchObject({ remaining: 0, resetSeconds: 49 });
    await expect(take()).rejects.toMatchObject({ kind: 'limit' });
  });

  it('does not count rejected uses', async () => {
    for (let turn = 0; turn < LIMIT.limit; turn += 1) await take();
    for (let turn = 0; turn < 5; turn += 1) await take().catch(() => undefined);
    await advance(61);

    expect(await take()).toMatchObject({ remaining: 2 });
  });

  it('counts each account and limit separately', async () => {
    for (let turn = 0; turn < LIMIT.limit; turn += 1) await take();

    for (const account of [BEN, ANN_IN_BLUE, PARTNER]) {
      expect(await sut.take('thumbnails', account, LIMIT)).toMatchObject({ remaining: 2 });
    }
    expect(await sut.take('sessions', ANN, LIMIT)).toMatchObject({ name: 'sessions', remaining: 2 });
  });

  it('follows a changed limit', async () => {
    await take();
    await take();

    await expect(take(ANN, { ...LIMIT, limit: 2 })).rejects.toMatchObject({ kind: 'limit' });
    expect(await take(ANN, { ...LIMIT, limit: 5 })).toMatchObject({ remaining: 2 });
  });

  it('deletes an account in the sweep after its last use has left the window', async () => {
    const upkeep = new PrismaMaintenanceRepository(prisma, testConfig({ DATABASE_URL: database.url }));
    await take();
    await advance(50);
    await take();
    await sut.take('thumbnails', BEN, { ...LIMIT, windowSeconds: 5 });
    await advance(11);

    await upkeep.forgetRateLimitUses();
    const kept = await prisma.rateLimitUses.findMany();
    await advance(60);
    await upkeep.forgetRateLimitUses();

    expect(kept).toMatchObject([{ account: expect.stringContaining('ann') }]);
    expect(await prisma.rateLimitUses.count()).toBe(0);
  });
});
