import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Principal, Person } from '../../src/platform/auth/principal';
import { idempotentRequest } from '../../src/platform/idempotent-request';
import { PrismaService } from '../../src/platform/database/prisma.service';
import { PrismaSoloSessionRepository } from '../../src/solo/infrastructure/solo-session.repository.prisma';
import type { NewSession } from '../../src/solo/model/domain/interfaces/solo-session.repository';
import type { BoardState, SoloSession } from '../../src/solo/model/domain/solo-session';
import { ANN, ANN_IN_BLUE, BEN, PARTNER, RIVAL } from '../support/export-requests';
import { testConfig } from '../support/test-config';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

const STRANGE_PEOPLE: readonly [string, Person, Person][] = [
  ['another user', ANN, BEN],
  ['a user with the same id in another tenant', ANN, ANN_IN_BLUE],
  ['a user with the same id without a tenant', ANN_IN_BLUE, ANN],
];

const STRANGERS: readonly [string, Person, Principal][] = [...STRANGE_PEOPLE, ['an external system', ANN, PARTNER]];

const boardState = (json: string, pageCount: number): BoardState => ({ json: Buffer.from(json), pageCount });

describe('PrismaSoloSessionRepository', () => {
  let database: TestDatabase;
  let prisma: PrismaService;
  let sessions: PrismaSoloSessionRepository;

  beforeAll(async () => {
    database = await createTestDatabase();
    prisma = new PrismaService(database.url, 'solo-sessions-under-test');
    sessions = new PrismaSoloSessionRepository(prisma, testConfig());
  });

  beforeEach(() => prisma.$executeRaw`TRUNCATE solo_sessions, idempotency_keys`);

  afterAll(async () => {
    await prisma.$disconnect();
    await database.drop();
  });

  const board = (traits: Partial<NewSession> = {}): NewSession => ({
    owner: ANN,
    customerId: null,
    name: 'Algebra',
    state: boardState('{"pages":[]}', 1),
    ...traits,
  });

  async function create(traits: Partial<NewSession> = {}): Promise<SoloSession> {
    return (await sessions.create(board(traits), null)).session;
  }

  const newKey = ({ id }: SoloSession) => `thumbnails/${id}/${randomUUID()}.png`;

  describe('the drawing cost', () => {
    const cost = { base: 1, perRatio: 0.5, perArea: 0.25, pdf: 2 };

    it('is stored for the measured revision', async () => {
      const { id, rev } = await create();

      const before = await sessions.findDrawingCost(id, rev);
      await sessions.setDrawingCost(id, rev, cost);

      expect(before).toBeNull();
      expect(await sessions.findDrawingCost(id, rev)).toMatchObject(cost);
      expect(await sessions.findDrawingCost(id, rev + 1)).toBeNull();
    });

    it('is not stored when the board has changed', async () => {
      const { id, rev } = await create();
      await sessions.update(id, ANN, { state: boardState('[]', 1) });

      await sessions.setDrawingCost(id, rev, cost);

      expect(await sessions.findDrawingCost(id, rev)).toBeNull();
      expect(await sessions.findDrawingCost(id, rev + 1)).toBeNull();
    });

    it('is unknown when another version of the cost model estimated it', async () => {
      const { id, rev } = await create();
      await sessions.setDrawingCost(id, rev, cost);

      await prisma.$executeRaw`UPDATE solo_sessions SET drawing_cost = drawing_cost || '{"model": 0}'`;

      expect(await sessions.findDrawingCost(id, rev)).toBeNull();
    });
  });

  describe('an owner', () => {
    it('finds a board as created, with its unchanged state', async () => {
      const state = boardState(' {"n": 1.0, "n": 2}', 3);

      const created = await create({ state });

      expect(created).toMatchObject({ ...ANN, name: 'Algebra', pageCount: 3, rev: 1, thumbnailKey: null });
      expect(await sessions.find(created.id, ANN)).toEqual(created);
      expect(await sessions.readState(created.id)).toEqual(state.json);
    });

    it('lists boards in pages, newest first, each once', async () => {
      const [first, second, third] = [await create(), await create(), await create()];

      const page = await sessions.list(ANN, 2);
      const next = await sessions.list(ANN, 2, page.nextCursor!);

      expect([page.count, page.items.map(({ id }) => id)]).toEqual([3, [third.id, second.id]]);
      expect([next.count, next.items.map(({ id }) => id), next.nextCursor]).toEqual([3, [first.id], null]);
    });

    it('updates the name, the state or both, and increments the revision', async () => {
      const { id } = await create();

      const renamed = await sessions.update(id, ANN, { name: 'Geometry' });
      const redrawn = await sessions.update(id, ANN, { state: boardState('[]', 2) });

      expect(renamed).toMatchObject({ name: 'Geometry', pageCount: 1, rev: 2 });
      expect(redrawn).toMatchObject({ name: 'Geometry', pageCount: 2, rev: 3 });
      expect(await sessions.readState(id)).toEqual(Buffer.from('[]'));
    });

    it('deletes a board once', async () => {
      const { id } = await create();

      expect([await sessions.delete(id, ANN), await sessions.delete(id, ANN)]).toEqual([true, false]);
      expect(await sessions.readState(id)).toBeNull();
    });

    it('shares a board only with the external system that created it', async () => {
      const { id } = await create({ customerId: PARTNER.customerId });

      expect(await sessions.find(id, ANN)).toMatchObject({ id });
      expect(await sessions.find(id, PARTNER)).toMatchObject({ id });
      expect(await sessions.find(id, RIVAL)).toBeNull();
    });
  });

  describe.each(STRANGERS)('%s', (_, owner, otherUser) => {
    it('does not find or list the board', async () => {
      const { id } = await create({ owner });

      expect(await sessions.find(id, otherUser)).toBeNull();
      expect(await sessions.list(otherUser, 10)).toEqual({ count: 0, items: [], nextCursor: null });
    });

    it('does not delete the board', async () => {
      const session = await create({ owner });

      expect(await sessions.delete(session.id, otherUser)).toBe(false);
      expect(await sessions.find(session.id, owner)).toEqual(session);
    });

    it('does not find its thumbnail', async () => {
      const session = await create({ owner });
      await sessions.setThumbnail(session.id, session.rev, newKey(session));

      expect(await sessions.findThumbnail(session.id, otherUser)).toBeNull();
    });
  });

  it.each(STRANGE_PEOPLE)('%s does not update the board', async (_, owner, otherUser) => {
    const session = await create({ owner });

    expect(await sessions.update(session.id, otherUser, { name: 'Theirs' })).toBeNull();
    expect(await sessions.find(session.id, owner)).toEqual(session);
  });

  describe('an idempotency key', () => {
    const request = (...parts: string[]) => idempotentRequest(ANN, 'key', 'session', ...parts);

    it('creates one board for repeated requests', async () => {
      const made = await Promise.all([1, 2, 3].map(() => sessions.create(board(), request())));

      expect(new Set(made.map(({ session }) => session.id)).size).toBe(1);
      expect(made.filter(({ isNew }) => isNew)).toHaveLength(1);
      expect((await sessions.list(ANN, 10)).count).toBe(1);
    });

    it('is refused for a different request', async () => {
      await sessions.create(board(), request());

      await expect(sessions.create(board(), request('other'))).rejects.toMatchObject({ kind: 'mismatch' });
      expect((await sessions.list(ANN, 10)).count).toBe(1);
    });

    it('reports that the board was deleted', async () => {
      const { session } = await sessions.create(board(), request());
      await sessions.delete(session.id, ANN);

      await expect(sessions.create(board(), request())).rejects.toMatchObject({ kind: 'gone' });
    });
  });

  describe('a thumbnail', () => {
    it('is set for the drawn revision and returns the replaced key', async () => {
      const session = await create();
      const [first, second] = [newKey(session), newKey(session)];

      expect(await sessions.setThumbnail(session.id, session.rev, first)).toEqual({ replaced: null });
      expect(await sessions.setThumbnail(session.id, session.rev, second)).toEqual({ replaced: first });
      expect(await sessions.findThumbnail(session.id, ANN)).toBe(second);
    });

    it('of an older revision is not set', async () => {
      const session = await create();
      const current = newKey(session);
      const changed = await sessions.update(session.id, ANN, { name: 'Geometry' });
      await sessions.setThumbnail(session.id, changed!.rev, current);

      expect(await sessions.setThumbnail(session.id, session.rev, newKey(session))).toBeNull();
      expect(await sessions.findThumbnail(session.id, ANN)).toBe(current);
    });

    it('of a later revision or of a deleted board is not set', async () => {
      const session = await create();

      expect(await sessions.setThumbnail(session.id, session.rev + 1, newKey(session))).toBeNull();
      await sessions.delete(session.id, ANN);
      expect(await sessions.setThumbnail(session.id, session.rev, newKey(session))).toBeNull();
    });

    it('that waits for a concurrent one replaces its key, so that no file is orphaned', async () => {
      const session = await create();
      const [first, second] = [newKey(session), newKey(session)];
      let later!: ReturnType<typeof sessions.setThumbnail>;

      await prisma.$transaction(async (transaction) => {
        await transaction.soloSession.update({ where: { id: session.id }, data: { thumbnailKey: first } });
        later = sessions.setThumbnail(session.id, session.rev, second);
        await until('the later one waits for the lock', isWaitingForLock);
      });

      expect(await later).toEqual({ replaced: first });
    });

    it('does not change the revision and time of the board', async () => {
      const session = await create();
      await pause(2);

      const key = newKey(session);
      await sessions.setThumbnail(session.id, session.rev, key);

      expect(await sessions.find(session.id, ANN)).toEqual({ ...session, thumbnailKey: key });
    });

    it('is found without an owner, for the bearer of a link', async () => {
      const session = await create();
      const key = newKey(session);
      await sessions.setThumbnail(session.id, session.rev, key);

      expect(await sessions.findThumbnail(session.id, null)).toBe(key);
    });

    it('is distinguished from orphaned files', async () => {
      const [session, other] = [await create(), await create()];
      const [replaced, current] = [newKey(session), newKey(session)];
      for (const key of [replaced, current]) await sessions.setThumbnail(session.id, session.rev, key);

      const found = await sessions.findThumbnailsAmong([replaced, current, newKey(other), 'thumbnails/logo.png', 'x']);

      expect([...found]).toEqual([current]);
      expect([...(await sessions.findThumbnailsAmong([replaced]))]).toEqual([]);
    });
  });

  async function isWaitingForLock(): Promise<boolean> {
    const waiting = await prisma.$queryRaw<unknown[]>`
      SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    return waiting.length > 0;
  }
});
