import { randomBytes, randomUUID } from 'node:crypto';
import { idempotentRequest } from '../../src/platform/idempotent-request';
import { Prisma } from '../../src/platform/database/generated/client';
import { PrismaService } from '../../src/platform/database/prisma.service';
import { PrismaSoloSessionRepository } from '../../src/solo/infrastructure/solo-session.repository.prisma';
import { testConfig } from '../support/test-config';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const ANN = { userId: 'ann', tenantId: null };
const MB = 1024 * 1024;

const stateOf = (json: string, pageCount = 1) => ({ json: Buffer.from(json), pageCount });
const newSession = (json: string) => ({ owner: ANN, customerId: null, name: 'Board', state: stateOf(json, 3) });

describe('The states of board sessions', () => {
  let database: TestDatabase;
  let prisma: PrismaService;
  let sessions: PrismaSoloSessionRepository;

  beforeAll(async () => {
    database = await createTestDatabase();
    prisma = new PrismaService(database.url, 'session-states');
    sessions = new PrismaSoloSessionRepository(prisma, testConfig());
  });

  afterAll(async () => {
    await prisma.$disconnect();
    await database.drop();
  });

  it.each([
    ['small', 'null'],
    ['in every script', '{"текст":"їжак 🦔 عربى 漢字 \u2028"}'],
    ['with escapes and backslashes', '"\\\\u0000\\\\n\\\\\\\\ \\t"'],
    ['of a megabyte of noise', `"${randomBytes(MB / 2).toString('hex')}"`],
    ['of 20 MB', `"${'їх'.repeat(5 * MB)}"`],
  ])('are returned unchanged: %s', async (_, json) => {
    const { session } = await sessions.create(newSession(json), null);

    const state = await sessions.readState(session.id);

    expect(state?.equals(Buffer.from(json))).toBe(true);
    expect(state?.buffer.byteLength).toBe(state?.length);
    expect(await sessions.findStateSize(session.id)).toBe(Buffer.byteLength(json));
  });

  it('are null for a session that does not exist', async () => {
    expect(await sessions.readState(randomUUID())).toBeNull();
    expect(await sessions.findStateSize(randomUUID())).toBeNull();
  });

  it('create a session that Prisma can read', async () => {
    const owner = { userId: 'ann', tenantId: 'blue' };
    const customerId = randomUUID();

    const { session, isNew } = await sessions.create({ ...newSession('{}'), owner, customerId }, null);

    expect(isNew).toBe(true);
    expect(await sessions.find(session.id, owner)).toEqual(session);
    expect(session).toMatchObject({ ...owner, customerId, name: 'Board', pageCount: 3, rev: 1, thumbnailKey: null });
    expect(Math.abs(Date.now() - session.createdAt.getTime())).toBeLessThan(60_000);
  });

  it('are updated with or without the name', async () => {
    const { session } = await sessions.create(newSession('1'), null);

    const renamed = await sessions.update(session.id, ANN, { name: 'New' });
    const redrawn = await sessions.update(session.id, ANN, { state: stateOf('2', 7) });

    expect(renamed).toMatchObject({ name: 'New', pageCount: 3, rev: 2, createdAt: session.createdAt });
    expect(redrawn).toMatchObject({ name: 'New', pageCount: 7, rev: 3 });
    expect(String(await sessions.readState(session.id))).toBe('2');
    expect(await sessions.find(session.id, ANN)).toEqual(redrawn);
  });

  it('are updated and copied only by their owner', async () => {
    const { session } = await sessions.create(newSession('1'), null);

    for (const other of [
      { userId: 'bob', tenantId: null },
      { userId: 'ann', tenantId: 'blue' },
    ]) {
      expect(await sessions.update(session.id, other, { state: stateOf('2') })).toBeNull();
      const copy = sessions.duplicate(session.id, { owner: other, name: 'Mine' }, null);
      await expect(copy).rejects.toMatchObject({ code: 'session-not-found' });
    }
    expect(String(await sessions.readState(session.id))).toBe('1');
  });

  it('are copied once under an idempotency key', async () => {
    const { session } = await sessions.create(newSession('[1]'), null);
    const request = idempotentRequest(ANN, randomUUID(), 'duplicate', session.id);
    const copy = () => sessions.duplicate(session.id, { owner: ANN, name: 'Copy' }, request);

    const copies = await Promise.all([copy(), copy(), copy()]);

    expect(copies.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(copies.map(({ session: { id } }) => id)).size).toBe(1);
    const [{ session: copied }] = copies;
    expect(copied).toMatchObject({ name: 'Copy', pageCount: 3, rev: 1 });
    expect(String(await sessions.readState(copied.id))).toBe('[1]');
  });

  it('are stored once under an idempotency key, which a different request cannot use', async () => {
    const key = randomUUID();
    const create = (json: string) =>
      sessions.create(newSession(json), idempotentRequest(ANN, key, 'session', Buffer.from(json)));

    const first = await create('1');
    const again = await create('1');

    expect([first.isNew, again.isNew]).toEqual([true, false]);
    expect(again.session).toEqual(first.session);
    await expect(create('2')).rejects.toMatchObject({ kind: 'mismatch' });
    await sessions.delete(first.session.id, ANN);
    await expect(create('1')).rejects.toMatchObject({ kind: 'gone' });
  });

  it('leave no idempotency key and no broken connection when they cannot be stored', async () => {
    const request = idempotentRequest(ANN, randomUUID(), 'session');

    for (let turn = 0; turn < 12; turn += 1) {
      const broken = sessions.create({ ...newSession('1'), customerId: 'no-uuid' }, request);
      await expect(broken).rejects.toMatchObject({ code: '22P02' });
    }

    expect((await sessions.create(newSession('1'), request)).isNew).toBe(true);
  });

  it('are not stored by a connection that breaks, which is replaced', async () => {
    const { session } = await sessions.create(newSession(`"${'x'.repeat(20 * MB)}"`), null);

    const reads = [sessions.readState(session.id), sessions.readState(session.id)];
    const ends = prisma.$executeRaw`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'session-states' AND pid <> pg_backend_pid()`;
    const outcomes = await Promise.allSettled([...reads, ends]);

    for (const outcome of outcomes.slice(0, 2)) {
      if (outcome.status === 'fulfilled') expect((outcome.value as Buffer).length).toBe(20 * MB + 2);
    }
    expect((await sessions.readState(session.id))?.length).toBe(20 * MB + 2);
  });
});

describe('A statement that bypasses Prisma', () => {
  it('accepts values of every type like Prisma', async () => {
    const database = await createTestDatabase();
    const prisma = new PrismaService(database.url, 'statements');
    const at = new Date('2026-11-29T01:02:03.456Z');
    const statement = Prisma.sql`SELECT ${'ї'} AS text, ${7}::int AS number, ${null}::text AS nothing, ${true}::bool AS flag,
      ${at}::timestamptz AS at, ${''} AS empty, ${['a', 'b']}::text[] AS list`;

    const rows = await prisma.transactionWithBytes((transaction) => Promise.resolve(transaction.$queryRaw(statement)));

    expect(rows).toEqual([{ text: 'ї', number: 7, nothing: null, flag: true, at, empty: '', list: ['a', 'b'] }]);
    await prisma.$disconnect();
    await database.drop();
  });
});
