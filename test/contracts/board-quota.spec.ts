import type { Person } from '../../src/platform/auth/principal';
import { PrismaService } from '../../src/platform/database/prisma.service';
import { PrismaSoloSessionRepository } from '../../src/solo/infrastructure/solo-session.repository.prisma';
import type { SoloSession } from '../../src/solo/model/domain/solo-session';
import { ANN, ANN_IN_BLUE, BEN, PARTNER } from '../support/export-requests';
import { testConfig } from '../support/test-config';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const state = (bytes: number) => ({ json: Buffer.from(`"${'x'.repeat(bytes - 2)}"`), pageCount: 1 });

describe('The quota of boards in the database', () => {
  let database: TestDatabase;
  let prisma: PrismaService;
  let sessions: PrismaSoloSessionRepository;
  let unlimited: PrismaSoloSessionRepository;

  beforeAll(async () => {
    database = await createTestDatabase();
    prisma = new PrismaService(database.url, 'board-quota');
    const quota = { BOARDS_PER_USER: '3', BOARD_BYTES_PER_USER: '100KB' };
    sessions = new PrismaSoloSessionRepository(prisma, testConfig(quota));
    const off = { BOARDS_PER_USER: 'off', BOARD_BYTES_PER_USER: 'off' };
    unlimited = new PrismaSoloSessionRepository(prisma, testConfig(off));
  });

  beforeEach(() => prisma.$executeRaw`TRUNCATE solo_sessions, idempotency_keys`);

  afterAll(async () => {
    await prisma.$disconnect();
    await database.drop();
  });

  const create = async (owner: Person = ANN, bytes = 10, by = sessions): Promise<SoloSession> =>
    (await by.create({ owner, customerId: null, name: 'Board', state: state(bytes) }, null)).session;
  const copy = (id: string, owner: Person = ANN) => sessions.duplicate(id, { owner, name: 'Copy' }, null);
  const codeOf = (change: Promise<unknown>) =>
    change.then(
      () => 'allowed',
      (error: unknown) => (error as { code: string }).code,
    );

  it('limits new boards and copies, and counts boards that an external system created', async () => {
    const { customerId } = PARTNER;
    await sessions.create({ owner: ANN, customerId, name: 'Begun', state: state(10) }, null);
    const { id } = await create();
    await copy(id);

    expect(await codeOf(create())).toBe('board-quota-exceeded');
    expect(await codeOf(copy(id))).toBe('board-quota-exceeded');
    const creation = sessions.create({ owner: ANN, customerId, name: 'Begun', state: state(10) }, null);
    expect(await codeOf(creation)).toBe('board-quota-exceeded');
  });

  it('is separate for each user in each tenant', async () => {
    for (let count = 0; count < 3; count += 1) await create();

    expect(await codeOf(create(ANN_IN_BLUE))).toBe('allowed');
    expect(await codeOf(create(BEN))).toBe('allowed');
  });

  it.each(['boards', 'bytes'])('holds for concurrent requests: %s', async (measure) => {
    for (let count = 0; count < 2; count += 1) await create(ANN, measure === 'bytes' ? 45_000 : 10);
    const added = measure === 'bytes' ? 10_000 : 10;

    const outcomes = await Promise.all(Array.from({ length: 6 }, () => codeOf(create(ANN, added))));

    expect(outcomes.filter((outcome) => outcome === 'allowed')).toHaveLength(1);
    expect(await prisma.soloSession.count()).toBe(3);
  });

  it('counts the uncompressed bytes of large and small states', async () => {
    const { id } = await create(ANN, 1_000);
    await create(ANN, 90_000);

    const refused = create(ANN, 11_401);

    await expect(refused).rejects.toMatchObject({
      code: 'board-storage-quota-exceeded',
      details: { extensions: { used: 91_000, limit: 102_400, requested: 11_401 } },
    });
    expect(await codeOf(copy(id))).toBe('allowed');
    expect(await codeOf(sessions.update(id, ANN, { state: state(11_401) }))).toBe('board-storage-quota-exceeded');
    expect(await codeOf(sessions.update(id, ANN, { state: state(11_400) }))).toBe('allowed');
  });

  it('holds for concurrent growth', async () => {
    const [one, other] = [await create(ANN, 40_000), await create(ANN, 40_000)];

    const outcomes = await Promise.all(
      [one, other].map(({ id }) => codeOf(sessions.update(id, ANN, { state: state(60_000) }))),
    );

    expect(outcomes.sort()).toEqual(['allowed', 'board-storage-quota-exceeded']);
  });

  it('lets users above it save, rename, shrink and delete, and add again below it', async () => {
    const boards: SoloSession[] = [];
    for (let count = 0; count < 5; count += 1) boards.push(await create(ANN, 50_000, unlimited));
    const { id } = boards[0]!;

    expect(await codeOf(sessions.update(id, ANN, { state: state(50_000) }))).toBe('allowed');
    expect(await codeOf(sessions.update(id, ANN, { name: 'Renamed' }))).toBe('allowed');
    expect(await codeOf(sessions.update(id, ANN, { state: state(50_001) }))).toBe('board-storage-quota-exceeded');
    expect(await codeOf(sessions.update(id, ANN, { state: state(10) }))).toBe('allowed');
    for (const board of boards.slice(1, 4)) await sessions.delete(board.id, ANN);
    expect(await codeOf(create(ANN, 52_000))).toBe('allowed');
  });

  it('is checked by the index without reading states', async () => {
    await prisma.$executeRaw`
      INSERT INTO solo_sessions (id, user_id, name, state, page_count)
      SELECT gen_random_uuid(), 'user-' || n % 100, 'Board', 'null', 1 FROM generate_series(1, 10000) AS n`;
    await prisma.$executeRawUnsafe('ANALYZE solo_sessions');

    const plan = await prisma.$queryRaw<{ 'QUERY PLAN': string }[]>`
      EXPLAIN SELECT count(*), sum(octet_length(state)) FROM solo_sessions
      WHERE user_id = 'user-7' AND tenant_id IS NOT DISTINCT FROM NULL`;

    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toContain('solo_sessions_user_id_id_idx');
  });
});
