import { createExport } from '../../src/export/model/domain/export-request';
import { MAX_ATTEMPTS } from '../../src/production/model/domain/attempt-limits';
import type { RequestExport } from '../../src/export/model/domain/interfaces/export.repository';
import type { FreeSlot } from '../../src/production/model/domain/interfaces/attempt.repository';
import { ownerOf } from '../../src/export/model/domain/export';
import type { Person } from '../../src/platform/auth/principal';
import { UNLIMITED } from '../support/claims';
import { ANN, ANN_IN_BLUE, BEN, exportRequest, finishedFile, PARTNER } from '../support/export-requests';
import { LEASE_SECONDS, type RecordsUnderTest } from '../support/records-under-test';

const LIMIT: FreeSlot = { limit: 2, mayExceed: false, mayBeLarge: true };

/** A person’s, and the external system’s that began it for them. */
const ofPartner = (person: Person): RequestExport['owner'] => ({
  ...ownerOf(person),
  customerId: PARTNER.customerId,
});

/** Which export a worker gets, and how its attempt starts. */
export function describeClaims(recordsOf: () => RecordsUnderTest): void {
  const request = async (traits: Partial<RequestExport> = {}) =>
    (await createExport(recordsOf().exports, exportRequest(traits))).export.id;
  const claimNext = (slot: FreeSlot) => recordsOf().attempts.claimNext(slot);
  const next = async (slot = UNLIMITED) => (await claimNext(slot))?.export.id ?? null;

  /** Exports of Ann's, the oldest first. */
  async function requestMany(count: number): Promise<string[]> {
    const ids: string[] = [];
    while (ids.length < count) ids.push(await request());
    return ids;
  }

  const read = async (id: string) => (await recordsOf().exports.find(id))!;
  const actions = async (id: string) => (await recordsOf().auditOf(id)).map(({ action }) => action);
  const claim = async (id: string) => (await recordsOf().claim(id))!;

  describe('claimNext', () => {
    it('starts the first attempt at a pending export', async () => {
      const id = await request();

      const attempt = await claim(id);

      expect(attempt).toMatchObject({ number: 1, export: { id, status: 'processing', startedAt: expect.any(Date) } });
      expect(await read(id)).toEqual(attempt.export);
      expect(await actions(id)).toEqual(['export.requested', 'export.started']);
    });

    it('claims an export for one of many concurrent workers', async () => {
      await request();

      const attempts = await Promise.all(Array.from({ length: 10 }, () => next()));

      expect(attempts.filter((attempt) => attempt !== null)).toHaveLength(1);
    });

    it('returns null without a pending export', async () => {
      expect(await next()).toBeNull();
    });

    it('does not take an export whose lease the sweep must end', async () => {
      await claim(await request());
      await recordsOf().advance(LEASE_SECONDS + 1);

      expect(await next()).toBeNull();
    });

    it('starts the next attempt after the sweep requeued the export', async () => {
      const id = await request();
      const silent = await claim(id);
      await recordsOf().attempts.beat(silent, { done: 7, total: 9, unit: 'rows' });
      await recordsOf().advance(LEASE_SECONDS + 1);

      const next = await claim(id);

      expect(next.number).toBe(2);
      expect(next.token).not.toBe(silent.token);
      expect(next.export.progress).toEqual({ done: 0, total: 9, unit: 'rows' });
      const steps = ['requested', 'started', 'attempt-lost', 'started'];
      expect(await actions(id)).toEqual(steps.map((step) => `export.${step}`));
    });

    it('keeps the start time of the first attempt', async () => {
      const id = await request();
      const first = await claim(id);
      await recordsOf().attempts.handBack(first, false);
      const { startedAt } = await read(id);

      const second = await claim(id);

      expect(second.export.startedAt).toEqual(startedAt);
    });

    it(`starts no attempt after number ${MAX_ATTEMPTS}`, async () => {
      const id = await request();
      const numbers: number[] = [];
      for (let turn = 0; turn < MAX_ATTEMPTS; turn++) {
        const attempt = await claim(id);
        numbers.push(attempt.number);
        await recordsOf().attempts.retryLater(attempt, 0, { code: 'file-not-produced', reason: 'No connection' });
        await recordsOf().advance(1);
      }

      expect(await next()).toBeNull();
      expect(numbers).toEqual([1, 2, 3]);
    });

    it('ignores streamed exports, which only their own request can continue', async () => {
      const token = '00000000-0000-4000-8000-000000000001';
      await createExport(recordsOf().exports, exportRequest(), token);
      await recordsOf().advance(LEASE_SECONDS + 1);

      expect(await next()).toBeNull();
    });

    it.each<[string, (id: string) => Promise<unknown>]>([
      ['completed', async (id) => recordsOf().attempts.finish(await claim(id), finishedFile(id))],
      [
        'failed',
        async (id) => recordsOf().attempts.fail(await claim(id), { code: 'rows-not-written', reason: 'No rows' }),
      ],
      ['cancelled', (id) => recordsOf().exports.cancel(id, ANN)],
    ])('ignores exports that are %s', async (status, end) => {
      const id = await request();
      await end(id);

      expect(await next()).toBeNull();
      expect((await read(id)).status).toBe(status);
    });
  });

  describe('the share of an account', () => {
    it('starts with the oldest export of the account with the fewest running exports', async () => {
      await requestMany(4);
      const [bens, ofPartner] = [await request({ caller: BEN }), await request({ caller: PARTNER })];

      const order = [await next(), await next(), await next(), await next()];

      expect(order.slice(1, 3)).toEqual([bens, ofPartner]);
      expect(order.map((id) => id === bens || id === ofPartner)).toEqual([false, true, true, false]);
    });

    it('is bounded by the limit until one of its exports ends', async () => {
      const ids = await requestMany(3);
      const first = await claimNext(LIMIT);
      await claimNext(LIMIT);

      const atLimit = [await recordsOf().attempts.findNext(LIMIT), await claimNext(LIMIT)];
      await recordsOf().attempts.finish(first!, finishedFile(first!.export.id));

      expect(atLimit).toEqual([null, null]);
      expect(await recordsOf().attempts.findNext(LIMIT)).toBe(ids[2]);
      expect(await next(LIMIT)).toBe(ids[2]);
    });

    it('is bounded by the limit for concurrent workers', async () => {
      await requestMany(6);

      const attempts = await Promise.all(Array.from({ length: 6 }, () => claimNext(LIMIT)));

      expect(attempts.filter((attempt) => attempt !== null)).toHaveLength(LIMIT.limit);
    });

    it('may exceed the limit while no other account waits', async () => {
      await requestMany(4);
      await claimNext(LIMIT);
      await claimNext(LIMIT);
      await claimNext({ ...LIMIT, mayExceed: true });
      const bens = await request({ caller: BEN });

      expect(await next({ ...LIMIT, mayExceed: true })).toBe(bens);
      expect(await next({ ...LIMIT, mayExceed: true })).not.toBeNull();
    });

    it.each<[string, Partial<RequestExport>, number]>([
      ['the same person in another tenant', { caller: ANN_IN_BLUE }, 1],
      ['an external system', { caller: PARTNER }, 1],
      ['an external system that acts for the person', { caller: PARTNER, owner: ofPartner(ANN) }, 1],
      ['the same person', {}, 0],
      ['the same person, who shares it with an external system', { owner: ofPartner(ANN) }, 0],
    ])('is separate: %s', async (_, traits, count) => {
      await requestMany(2);
      await claimNext(LIMIT);
      await claimNext(LIMIT);
      await request(traits);

      expect((await claimNext(LIMIT)) === null ? 0 : 1).toBe(count);
    });

    it('is common to all users for whom an external system requests exports', async () => {
      for (const person of [ANN, BEN, ANN_IN_BLUE]) await request({ caller: PARTNER, owner: ofPartner(person) });
      await claimNext(LIMIT);
      await claimNext(LIMIT);

      expect(await claimNext(LIMIT)).toBeNull();
    });

    it('of an external system and of its users are separate', async () => {
      for (let count = 0; count < 3; count += 1) await request({ caller: ANN, owner: ofPartner(ANN) });
      await claimNext(LIMIT);
      await claimNext(LIMIT);
      const bens = await request({ caller: BEN, owner: ofPartner(BEN) });
      const ofSystem = await request({ caller: PARTNER, owner: ofPartner(ANN) });

      expect([await next(LIMIT), await next(LIMIT), await next(LIMIT)]).toEqual([bens, ofSystem, null]);
    });

    it('ignores attempts without a heartbeat, and streamed exports', async () => {
      await requestMany(3);
      await claimNext(LIMIT);
      await claimNext(LIMIT);
      await recordsOf().advance(LEASE_SECONDS + 1);
      await createExport(recordsOf().exports, exportRequest(), '00000000-0000-4000-8000-000000000001');

      expect(await claimNext(LIMIT)).not.toBeNull();
    });
  });

  describe('a slot that large exports may not take', () => {
    const FOR_SMALL: FreeSlot = { ...UNLIMITED, mayBeLarge: false };

    it('starts the next export that is not large, in the usual order', async () => {
      const large = await request({ isLarge: true });
      const [anns, bens] = [await request(), await request({ caller: BEN })];

      expect(await recordsOf().attempts.findNext(FOR_SMALL)).toBe(anns);
      expect([await next(FOR_SMALL), await next(FOR_SMALL), await next(FOR_SMALL)]).toEqual([anns, bens, null]);
      expect(await next()).toBe(large);
    });

    it('starts no large export of an account with running ones either', async () => {
      await requestMany(1);
      await next(FOR_SMALL);
      const large = await request({ isLarge: true });

      expect([await recordsOf().attempts.findNext(FOR_SMALL), await next(FOR_SMALL)]).toEqual([null, null]);
      expect(await claimNext(UNLIMITED)).toMatchObject({ export: { id: large, isLarge: true } });
    });

    it('starts no export that was handed back as a large one', async () => {
      const id = await request();
      const attempt = await claimNext(FOR_SMALL);
      await recordsOf().attempts.handBack(attempt!, true);

      expect(await next(FOR_SMALL)).toBeNull();
      expect(await claimNext(UNLIMITED)).toMatchObject({ number: 1, export: { id, isLarge: true } });
    });

    it('keeps a large export large when it is handed back for another reason', async () => {
      const id = await request({ isLarge: true });
      await recordsOf().attempts.handBack(await claim(id), false);

      expect([await next(FOR_SMALL), await next()]).toEqual([null, id]);
    });
  });
}
