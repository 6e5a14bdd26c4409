import { createExport } from '../../src/export/model/domain/export-request';
import { objectPrefix, ownerOf } from '../../src/export/model/domain/export';
import type { RequestExport } from '../../src/export/model/domain/interfaces/export.repository';
import type { Person } from '../../src/platform/auth/principal';
import { ANN, ANN_IN_BLUE, BEN, exportRequest, finishedFile, PARTNER, RIVAL } from '../support/export-requests';
import { type CreateRecords, type RecordsUnderTest, RETENTION_DAYS } from '../support/records-under-test';
import { describeExportOwners } from './export-repository-owners.contract';

const LIMIT = { limit: 2, windowSeconds: 60 };
const TOKEN = '00000000-0000-4000-8000-000000000001';
const STREAM_SLOTS = 3;
/** Between the process and the database, which is of the same machine. */
const CLOCK_DIFFERENCE_MS = 5;

/** What every repository of exports has to keep. */
export function describeExportRepository(name: string, createRecords: CreateRecords): void {
  describe(name, () => {
    let records: RecordsUnderTest;

    beforeAll(async () => {
      records = await createRecords();
    });
    beforeEach(() => records.clear());
    afterAll(() => records.end());

    const create = (traits: Partial<RequestExport> = {}, attemptToken?: string) => {
      const request = exportRequest(traits);
      return createExport(records.exports, request, attemptToken);
    };

    describe('create', () => {
      it('records a pending export as requested', async () => {
        const requested: Partial<RequestExport> = {
          ...({ caller: ANN_IN_BLUE, kind: 'board', type: null, format: 'pdf', oneTime: true } as const),
          subject: '00000000-0000-7000-8000-00000000005e',
          options: { points: true, page: undefined },
          params: { sessionId: '00000000-0000-7000-8000-00000000005e' },
          dataTypes: [],
          filters: { since: '2026-01-01' },
          expected: { done: 0, total: 3, unit: 'pages' as const },
        };

        const { export: created, isNew, rateLimit } = await create(requested);

        expect([isNew, rateLimit]).toEqual([true, null]);
        expect(created).toEqual(await records.exports.find(created.id));
        expect(created).toMatchObject({
          status: 'pending',
          kind: 'board',
          type: null,
          format: 'pdf',
          userId: 'ann',
          tenantId: 'blue',
          customerId: null,
          oneTime: true,
          streamed: false,
          subject: requested.subject,
          object: null,
          params: requested.params,
          filters: requested.filters,
          progress: requested.expected,
          downloadCount: 0,
          startedAt: null,
        });
        expect(created.options).toEqual({ points: true });
        expect(created.requestId).toBe(created.id);
      });

      it('writes the caller and the request to the audit log', async () => {
        const owner = { userId: 'ann', tenantId: null, customerId: PARTNER.customerId };

        const { export: created } = await create({ caller: PARTNER, owner, audited: { subject: 'ann' } });

        expect(await records.auditOf(created.id)).toEqual([
          {
            action: 'export.requested',
            userId: null,
            tenantId: null,
            customerId: PARTNER.customerId,
            details: { kind: 'data', type: 'table', format: 'csv', subject: 'ann' },
          },
        ]);
      });

      it('creates one export per id, however often it is requested', async () => {
        const id = '00000000-0000-7000-8000-0000000000e1';

        const creations = await Promise.all([create({ id }), create({ id }), create({ id, format: 'pdf' })]);

        expect(creations.map(({ isNew }) => isNew).filter(Boolean)).toHaveLength(1);
        expect(new Set(creations.map(({ export: { id: made } }) => made))).toEqual(new Set([id]));
        expect(await records.auditOf(id)).toHaveLength(1);
      });

      it.each<[string, Partial<RequestExport>, seconds: number]>([
        ['as was asked for', { retentionSeconds: 3_600 }, 3_600],
        ['for the usual time', { retentionSeconds: null }, RETENTION_DAYS * 86_400],
        ['for no longer than is usual now', { retentionSeconds: 1_000_000_000 }, RETENTION_DAYS * 86_400],
      ])('sets the minimum retention of the file: %s', async (_, traits, seconds) => {
        const before = records.now().getTime();

        const { expiresAt } = (await create(traits)).export;

        const kept = expiresAt!.getTime() - seconds * 1_000;
        expect(kept).toBeGreaterThanOrEqual(before - CLOCK_DIFFERENCE_MS);
        expect(kept).toBeLessThanOrEqual(records.now().getTime() + CLOCK_DIFFERENCE_MS);
      });

      it('starts the only attempt at a streamed export', async () => {
        const { export: streamed } = await create({}, TOKEN);
        const attempt = { token: TOKEN, number: 1, export: streamed };

        expect(streamed).toMatchObject({ streamed: true, status: 'processing', startedAt: expect.any(Date) });
        expect(streamed.expiresAt).toBeNull();
        expect(await records.attempts.finish(attempt, finishedFile(streamed.id, { object: null }))).toBe(true);
        expect(await records.exports.find(streamed.id)).toMatchObject({ object: null, expiresAt: null, fileSize: 10 });
      });
    });

    describe('findVersions', () => {
      const find = async (changedOf: Person[], unfinishedOf: Person[], changedWithinMs = 5_000) => {
        const versions = await records.exports.findVersions({ changedOf, unfinishedOf, changedWithinMs });
        return [...new Set(versions.map(({ id }) => id))].sort();
      };

      it('finds what changed lately, and what is unfinished, of the people that are named', async () => {
        const { export: finished } = await create();
        await records.exports.cancel(finished.id, ANN);
        const { export: old } = await create();
        await records.advance(60);
        const { export: cancelled } = await create();
        await records.exports.cancel(cancelled.id, ANN);
        const { export: processing } = await create({}, TOKEN);

        expect(await find([ANN], [])).toEqual([cancelled.id, processing.id].sort());
        expect(await find([ANN], [ANN])).toEqual([old.id, cancelled.id, processing.id].sort());
        expect(await find([ANN], [], 120_000)).toHaveLength(4);
      });

      it('finds exports of no other person, tenant or external system', async () => {
        const owner = { ...ownerOf(BEN), customerId: PARTNER.customerId };
        const { export: inBlue } = await create({ caller: ANN_IN_BLUE });
        const { export: shared } = await create({ caller: PARTNER, owner });
        await create({ caller: PARTNER });

        expect(await find([ANN], [ANN])).toEqual([]);
        expect(await find([ANN_IN_BLUE], [])).toEqual([inBlue.id]);
        expect(await find([], [ANN_IN_BLUE, BEN])).toEqual([inBlue.id, shared.id].sort());
      });

      it('tells versions apart, and names their owner', async () => {
        const { export: created } = await create({ caller: ANN_IN_BLUE });
        const read = () =>
          records.exports.findVersions({ changedOf: [ANN_IN_BLUE], unfinishedOf: [], changedWithinMs: 5_000 });

        const [before] = await read();
        const cancelled = await records.exports.cancel(created.id, ANN_IN_BLUE);
        const [after] = await read();

        expect(before).toMatchObject({ id: created.id, updatedAt: created.updatedAt, userId: 'ann', tenantId: 'blue' });
        expect(after).toMatchObject({ id: created.id, updatedAt: cancelled!.updatedAt });
      });
    });

    describe('an idempotency key', () => {
      it('creates one export for concurrent equal requests', async () => {
        const creations = await Promise.all(Array.from({ length: 5 }, () => create({ idempotencyKey: 'k' })));

        expect(creations.filter(({ isNew }) => isNew)).toHaveLength(1);
        expect(new Set(creations.map(({ export: { id } }) => id)).size).toBe(1);
      });

      it('returns the current export and counts towards no limit', async () => {
        const { export: first } = await create({ idempotencyKey: 'k', rateLimit: { ...LIMIT, limit: 1 } });
        await records.exports.cancel(first.id, ANN);

        const repeat = await create({ idempotencyKey: 'k', rateLimit: { ...LIMIT, limit: 1 } });

        expect(repeat).toMatchObject({ isNew: false, rateLimit: null, export: { id: first.id, status: 'cancelled' } });
      });

      it.each<[string, Partial<RequestExport>]>([
        ['format', { format: 'json' }],
        ['kind', { kind: 'event' }],
        ['filter', { filters: { since: '2026-01-01' } }],
        ['data type', { dataTypes: ['users'] }],
        ['option', { options: { compress: true } }],
        ['one-time file', { oneTime: true }],
        ['retention', { retentionSeconds: 60 }],
        ['notification', { delivery: { deliveries: [], asked: { email: true } } }],
      ])('is rejected for a request with another %s', async (_, traits) => {
        await create({ idempotencyKey: 'k' });

        const reused = create({ idempotencyKey: 'k', ...traits });

        await expect(reused).rejects.toMatchObject({ kind: 'mismatch', code: 'idempotency-key-reused' });
      });

      it('is separate for each caller', async () => {
        const keys = [ANN, ANN_IN_BLUE, BEN, PARTNER, RIVAL].map((caller) => create({ caller, idempotencyKey: 'k' }));

        const creations = await Promise.all(keys);

        expect(creations.every(({ isNew }) => isNew)).toBe(true);
      });

      it('is not used up by a rejected request', async () => {
        await create({ rateLimit: { ...LIMIT, limit: 1 } });
        const limited = { idempotencyKey: 'k', rateLimit: { ...LIMIT, limit: 1 } };
        await expect(create(limited)).rejects.toMatchObject({ kind: 'limit' });
        await records.advance(LIMIT.windowSeconds + 1);

        expect(await create(limited)).toMatchObject({ isNew: true });
      });
    });

    describe('a rate limit', () => {
      it('reports what is left and rejects one more', async () => {
        const first = await create({ rateLimit: LIMIT });
        const second = await create({ rateLimit: LIMIT });

        const third = create({ rateLimit: LIMIT });

        expect([first.rateLimit, second.rateLimit]).toMatchObject([{ remaining: 1 }, { remaining: 0 }]);
        await expect(third).rejects.toMatchObject({ kind: 'limit', code: 'rate-limit-exceeded' });
      });

      it('holds for concurrent requests', async () => {
        const all = await Promise.allSettled(Array.from({ length: 6 }, () => create({ rateLimit: LIMIT })));

        expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(LIMIT.limit);
      });

      it('uses a sliding window that starts with each creation', async () => {
        await create({ rateLimit: LIMIT });
        await records.advance(LIMIT.windowSeconds - 10);
        await create({ rateLimit: LIMIT });
        const early: unknown = await create({ rateLimit: LIMIT }).catch((error: unknown) => error);
        await records.advance(11);

        const late = await create({ rateLimit: LIMIT });

        expect(early).toMatchObject({ details: { retryAfterSeconds: 10 } });
        expect(late.rateLimit).toMatchObject({ remaining: 0, resetSeconds: 49 });
      });

      it('counts each kind separately', async () => {
        await create({ kind: 'board' });
        await create({ kind: 'event' });

        expect((await create({ kind: 'data', rateLimit: LIMIT })).rateLimit).toMatchObject({
          name: 'data',
          remaining: 1,
        });
      });

      it('counts kinds that share a limit together, by their weights', async () => {
        const shared = { limitedKinds: ['board', 'boards'], rateLimit: { limit: 5, windowSeconds: 60 } } as const;
        await create({ kind: 'board', ...shared });

        const heavy = await create({ kind: 'boards', weight: 3, ...shared });
        const tooHeavy = create({ kind: 'boards', weight: 2, ...shared });

        expect(heavy.rateLimit).toMatchObject({ name: 'board', remaining: 1 });
        await expect(tooHeavy).rejects.toMatchObject({ state: { name: 'board', limit: 5, remaining: 1 } });
        expect((await create({ kind: 'board', ...shared })).rateLimit).toMatchObject({ remaining: 0 });
      });

      it.each([
        ['a person in another tenant', ANN_IN_BLUE],
        ['another person', BEN],
        ['an external system', PARTNER],
      ])('does not count exports that %s requested', async (_, caller) => {
        await create({ caller });

        expect((await create({ rateLimit: LIMIT })).rateLimit).toMatchObject({ remaining: 1 });
      });

      it('counts requests of a person’s external system for the system’s account only', async () => {
        const owner = { userId: 'ann', tenantId: null, customerId: PARTNER.customerId };
        await create({ caller: PARTNER, owner });

        const own = await create({ rateLimit: LIMIT });
        const theirs = await create({ caller: PARTNER, owner, rateLimit: LIMIT });

        expect([own.rateLimit, theirs.rateLimit]).toMatchObject([{ remaining: 1 }, { remaining: 0 }]);
      });

      describe('for exports shared with an external system', () => {
        const [user, customer] = [2, 3].map((limit) => ({ limit, windowSeconds: 60 }));
        const ask = (caller: Person, traits: Partial<RequestExport> = {}) => {
          const owner = { ...ownerOf(caller), customerId: PARTNER.customerId };
          return create({ caller, owner, kind: 'board', rateLimit: user, customerRateLimit: customer, ...traits });
        };
        const refusal = (requested: Promise<unknown>) => requested.then(() => null).catch((error: unknown) => error);

        it('is separate for each person', async () => {
          const states = [await ask(ANN), await ask(ANN)].map(({ rateLimit }) => rateLimit);
          const refused = await refusal(ask(ANN));

          expect(states).toMatchObject([
            { name: 'board', remaining: 1 },
            { name: 'board', remaining: 0 },
          ]);
          expect(refused).toMatchObject({ state: { name: 'board', limit: 2, remaining: 0 } });
          expect((await ask(BEN)).rateLimit).toMatchObject({ name: 'customer', limit: 3, remaining: 0 });
        });

        it('includes the person’s other exports', async () => {
          await create({ kind: 'board', rateLimit: user });

          expect((await ask(ANN)).rateLimit).toMatchObject({ name: 'board', remaining: 0 });
        });

        it('also applies to the system as a whole, which may use all of it', async () => {
          await ask(ANN);
          await ask(BEN);
          const owner = { ...ownerOf(ANN), customerId: PARTNER.customerId };
          const own = await create({ caller: PARTNER, owner, kind: 'board', rateLimit: customer });

          expect(own.rateLimit).toMatchObject({ name: 'board', remaining: 0 });
          expect(await refusal(ask(BEN))).toMatchObject({ state: { name: 'customer', limit: 3, remaining: 0 } });
        });

        it('holds for concurrent requests of several people', async () => {
          const people = [ANN, BEN, ANN_IN_BLUE];
          const all = await Promise.allSettled([...people, ...people].map((person) => ask(person)));

          expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(customer!.limit);
        });
      });
    });

    describe('discard', () => {
      const containing = (...ids: string[]) => ({ kind: 'boards', params: { ids } });

      it('cancels what is unfinished and expires files, of all owners, and changes nothing else', async () => {
        const ofPartner = (await create({ caller: PARTNER, ...containing('b') })).export;
        await records.attempts.finish((await records.claim(ofPartner.id))!, finishedFile(ofPartner.id));
        const ofAnn = (await create(containing('a', 'b'))).export;
        const others = [await create(containing('a')), await create({ kind: 'board', params: { ids: ['b'] } })];

        const changed = await records.exports.discard({ kind: 'boards', params: { ids: ['b'] } }, ANN);
        const again = await records.exports.discard({ kind: 'boards', params: { ids: ['b'] } }, ANN);

        expect(changed.map(({ id, status }) => [id, status])).toEqual([
          [ofAnn.id, 'cancelled'],
          [ofPartner.id, 'expired'],
        ]);
        expect(again).toEqual([]);
        expect(await records.fileRemovals()).toEqual([objectPrefix(ofAnn.id)]);
        for (const { export: other } of others) {
          expect(await records.exports.find(other.id)).toMatchObject({ status: 'pending' });
        }
      });
    });

    describe('cancel', () => {
      it('deletes what the attempts of an unfinished export stored, and nothing of others', async () => {
        const ended = (await create()).export;
        await records.attempts.fail((await records.claim(ended.id))!, { code: 'rows-not-written', reason: 'No rows' });
        const { id } = (await create()).export;

        await records.exports.cancel(ended.id, ANN);
        await records.exports.cancel(id, BEN);
        await records.exports.cancel(id, ANN);
        await records.exports.cancel(id, ANN);

        expect(await records.fileRemovals()).toEqual([objectPrefix(id)]);
        expect(await records.exports.find(id)).toMatchObject({ status: 'cancelled', expiresAt: null });
      });
    });

    describe('streams', () => {
      const stream = (caller = ANN) => create({ caller }, crypto.randomUUID());

      it(`are limited to ${STREAM_SLOTS} at once per owner`, async () => {
        const open = await Promise.allSettled(Array.from({ length: STREAM_SLOTS + 2 }, () => stream()));

        expect(open.filter(({ status }) => status === 'fulfilled')).toHaveLength(STREAM_SLOTS);
        await expect(stream()).rejects.toMatchObject({ kind: 'limit', code: 'too-many-streams' });
      });

      it('release their slots when they end', async () => {
        const [first] = await Promise.all(Array.from({ length: STREAM_SLOTS }, () => stream()));
        await records.exports.cancel(first!.export.id, ANN);

        expect(await stream()).toMatchObject({ isNew: true });
      });

      it('do not count for other owners', async () => {
        await Promise.all(Array.from({ length: STREAM_SLOTS }, () => stream()));

        expect(await stream(ANN_IN_BLUE)).toMatchObject({ isNew: true });
        expect(await stream(BEN)).toMatchObject({ isNew: true });
        expect(await create()).toMatchObject({ isNew: true });
      });
    });

    describeExportOwners(() => records);
  });
}
