import { createExport } from '../../src/export/model/domain/export-request';
import type { Attempt } from '../../src/production/model/domain/interfaces/attempt.repository';
import type { PartRepository } from '../../src/production/model/domain/interfaces/part.repository';
import type { Piece } from '../../src/export/model/domain/division';
import {
  type ClaimedPart,
  type FinishedPart,
  MAX_PART_ATTEMPTS,
  type PartFailure,
  type PublishedFile,
} from '../../src/production/model/domain/part';
import { UNLIMITED } from '../support/claims';
import { ANN, BEN, exportRequest, finishedParts } from '../support/export-requests';
import { type CreateRecords, LEASE_SECONDS, type RecordsUnderTest } from '../support/records-under-test';

const SNAPSHOT = { id: '00000003-0000001B-1', server: 'one' };
const FAILURE: PartFailure = { code: 'file-not-stored', reason: 'Not stored', isPermanent: false };
const PERMANENT: PartFailure = { code: 'rows-not-written', reason: 'Division by zero', isPermanent: true };

function pieces(count: number): Piece[] {
  return Array.from({ length: count }, (_, index) => {
    return { reads: { pages: index }, folder: null, limits: { rows: null, bytes: 1_000_000 } };
  });
}

function finished(rows: number): FinishedPart {
  const file = { key: 'exports/a/b-1-c-1.csv', extension: 'csv', contentType: 'text/csv', rows, size: 10 };
  return {
    files: [{ ...file, sha256: 'ab'.repeat(32), blocks: ['cd'.repeat(32)], crc32: 4_000_000_000 }],
    warnings: [],
  };
}

/** Each way to end an attempt at a part or to keep it: all of them are fenced by its token and its leader. */
const MOVES: readonly [string, (parts: PartRepository, part: ClaimedPart) => Promise<boolean>][] = [
  ['heartbeat', (parts, part) => parts.beat(part, 7)],
  ['finish', (parts, part) => parts.finish(part, finished(2))],
  ['fail', (parts, part) => parts.fail(part, PERMANENT)],
  ['retry later', (parts, part) => parts.retryLater(part, 2, FAILURE)],
  ['hand back', (parts, part) => parts.handBack(part, true)],
];

/** What every repository of parts has to keep. */
export function describePartRepository(name: string, create: CreateRecords): void {
  describe(name, () => {
    let records: RecordsUnderTest;
    let parts: PartRepository;

    beforeAll(async () => {
      records = await create();
      ({ parts } = records);
    });
    beforeEach(() => records.clear());
    afterAll(() => records.end());

    async function lead(count: number, snapshot: object | null = SNAPSHOT, caller = ANN): Promise<Attempt> {
      await createExport(records.exports, exportRequest({ caller }));
      const leader = await records.attempts.claimNext(UNLIMITED);
      if (!leader) throw new Error('The export could not be claimed');
      expect(await parts.begin(leader, { snapshot, pieces: pieces(count) })).toBe(true);
      return leader;
    }

    async function claimNext(): Promise<ClaimedPart> {
      const part = await parts.claimNext();
      if (!part) throw new Error('No part could be claimed');
      return part;
    }

    /** As its worker does, while the time passes. */
    const keep = (leader: Attempt) => records.attempts.beat(leader, { done: 0, total: null, unit: 'rows' });

    describe('claims', () => {
      it('give each part to one worker, in order, with what it needs to know', async () => {
        const leader = await lead(3);

        const claimed = [await parts.claimNext(), await parts.claimNext(), await parts.claimNext()];

        expect(claimed.map((part) => part?.number)).toEqual([1, 2, 3]);
        const piece = { reads: { pages: 1 }, folder: null, limits: { rows: null, bytes: 1_000_000 } };
        expect(claimed[1]).toMatchObject({ leaderToken: leader.token, attempt: 1, piece, snapshot: SNAPSHOT });
        expect(claimed[1]?.export.id).toBe(leader.export.id);
        expect(await parts.claimNext()).toBeNull();
        expect(await parts.claimOf(leader)).toBeNull();
      });

      it('give a part to one of many concurrent workers', async () => {
        await lead(1);

        const claimed = await Promise.all(Array.from({ length: 8 }, () => parts.claimNext()));

        expect(claimed.filter((part) => part !== null)).toHaveLength(1);
      });

      it('begin with the export that has the fewest running parts', async () => {
        const first = await lead(3);
        const second = await lead(3, SNAPSHOT, BEN);

        const claimed = [await claimNext(), await claimNext(), await claimNext(), await claimNext()];

        const ids = claimed.map((part) => part.export.id);
        expect(ids.filter((id) => id === first.export.id)).toHaveLength(2);
        expect(ids.filter((id) => id === second.export.id)).toHaveLength(2);
      });

      it('give a part that only its leader can read to its leader alone', async () => {
        const leader = await lead(2, null);

        expect(await parts.claimNext()).toBeNull();
        expect(await parts.findNext()).toBeNull();
        expect((await parts.claimOf(leader))?.number).toBe(1);
      });

      it('give a part that a worker could not read to its leader', async () => {
        const leader = await lead(1);

        await parts.handBack(await claimNext(), false);

        expect(await parts.claimNext()).toBeNull();
        expect(await parts.claimOf(leader)).toMatchObject({ number: 1, attempt: 1 });
      });

      it('find the export whose part is claimed next', async () => {
        const leader = await lead(1);

        expect(await parts.findNext()).toBe(leader.export.id);

        await parts.claimNext();
        expect(await parts.findNext()).toBeNull();
      });

      it('give a part whose worker is silent to another one', async () => {
        const leader = await lead(1);
        const former = await claimNext();
        await records.advance(LEASE_SECONDS - 2);
        await keep(leader);
        expect(await parts.claimNext()).toBeNull();

        await records.advance(4);

        const part = await claimNext();
        expect(part).toMatchObject({ number: 1, attempt: 2 });
        expect(part.token).not.toBe(former.token);
      });

      it('give no part whose leader is silent to other workers', async () => {
        await lead(1);

        await records.advance(LEASE_SECONDS + 1);

        expect(await parts.claimNext()).toBeNull();
      });
    });

    describe('the fencing token', () => {
      it.each(MOVES)('lets its worker %s', async (_, move) => {
        await lead(1);

        expect(await move(parts, await claimNext())).toBe(true);
      });

      it.each(MOVES)('does not let a worker whose part was taken over %s', async (_, move) => {
        const leader = await lead(1);
        const former = await claimNext();
        await records.advance(LEASE_SECONDS - 2);
        await keep(leader);
        await records.advance(4);
        const part = await claimNext();

        expect(await move(parts, former)).toBe(false);
        expect(await parts.beat(part, 1)).toBe(true);
      });

      it.each(MOVES)('does not let the worker of a cancelled export %s', async (_, move) => {
        const leader = await lead(1);
        const part = await claimNext();
        await records.exports.cancel(leader.export.id, ANN);

        expect(await move(parts, part)).toBe(false);
      });

      it.each(MOVES)('does not let a worker %s once its leader lost the export', async (_, move) => {
        const leader = await lead(1);
        const part = await claimNext();
        await records.attempts.handBack(leader, false);
        await records.claim(leader.export.id);

        expect(await move(parts, part)).toBe(false);
      });

      it.each(MOVES)('does not let a worker %s after the end of its attempt', async (_, move) => {
        const leader = await lead(1);
        const part = await claimNext();
        await parts.finish(part, finished(2));

        expect(await move(parts, part)).toBe(false);
        expect(await parts.resultsOf(leader)).toEqual([finished(2)]);
      });
    });

    describe('begin', () => {
      it('does nothing for an attempt that lost its export', async () => {
        const leader = await lead(1);
        await records.attempts.handBack(leader, false);
        const next = (await records.claim(leader.export.id))!;

        expect(await parts.begin(leader, { snapshot: SNAPSHOT, pieces: pieces(5) })).toBe(false);
        expect(await parts.claimOf(next)).toBeNull();
      });

      it('replaces the parts of an earlier attempt, also the finished ones', async () => {
        const leader = await lead(2);
        await parts.finish(await claimNext(), finished(2));
        await records.attempts.handBack(leader, false);
        const next = (await records.claim(leader.export.id))!;

        await parts.begin(next, { snapshot: SNAPSHOT, pieces: pieces(1) });

        expect(await parts.stateOf(next)).toEqual({ open: 1, rows: 0, failure: null });
        expect(await claimNext()).toMatchObject({ leaderToken: next.token, number: 1 });
        expect(await parts.claimNext()).toBeNull();
      });
    });

    describe('the state of an attempt', () => {
      it('has the open parts and the rows of all parts', async () => {
        const leader = await lead(3);
        await parts.finish(await claimNext(), finished(20));
        await parts.beat(await claimNext(), 7);

        expect(await parts.stateOf(leader)).toEqual({ open: 2, rows: 27, failure: null });
      });

      it('has the results in the order of the parts', async () => {
        const leader = await lead(2);
        const [first, second] = [await claimNext(), await claimNext()];
        await parts.finish(second, finished(2));
        await parts.finish(first, finished(1));

        expect(await parts.stateOf(leader)).toEqual({ open: 0, rows: 3, failure: null });
        expect(await parts.resultsOf(leader)).toEqual([finished(1), finished(2)]);
      });

      it('has the failure of a part, a permanent one first', async () => {
        const leader = await lead(2);
        const [first, second] = [await claimNext(), await claimNext()];
        await parts.fail(first, FAILURE);
        expect((await parts.stateOf(leader)).failure).toEqual(FAILURE);

        await parts.fail(second, PERMANENT);

        expect((await parts.stateOf(leader)).failure).toEqual(PERMANENT);
      });

      it('has a failure once the last worker of a part is silent', async () => {
        const leader = await lead(1);
        for (let attempt = 1; attempt <= MAX_PART_ATTEMPTS; attempt += 1) {
          expect((await parts.stateOf(leader)).failure).toBeNull();
          await claimNext();
          await records.advance(LEASE_SECONDS + 1);
          await keep(leader);
        }

        expect(await parts.claimNext()).toBeNull();
        expect((await parts.stateOf(leader)).failure).toMatchObject({ code: 'file-not-produced', isPermanent: false });
      });
    });

    describe('a part that is to be repeated', () => {
      it('waits for its next attempt', async () => {
        const leader = await lead(1);
        await parts.retryLater(await claimNext(), 4, FAILURE);
        expect(await parts.claimNext()).toBeNull();
        expect(await parts.claimOf(leader)).toBeNull();

        await records.advance(5);

        expect(await claimNext()).toMatchObject({ attempt: 2 });
      });

      it('has failed after the last attempt', async () => {
        const leader = await lead(1);
        for (let attempt = 1; attempt <= MAX_PART_ATTEMPTS; attempt += 1) {
          await parts.retryLater(await claimNext(), 0, FAILURE);
        }

        expect((await parts.stateOf(leader)).failure).toEqual(FAILURE);
      });

      it('does not count an attempt that was handed back', async () => {
        await lead(1);

        await parts.handBack(await claimNext(), true);

        expect(await claimNext()).toMatchObject({ attempt: 1 });
      });
    });

    describe('the files of a completed export', () => {
      const keysOf = ({ export: { id }, token }: Attempt) =>
        ['1-a-1', '2-b-1'].map((part) => `exports/${id}/${token}-${part}.csv`);

      async function complete(): Promise<Attempt> {
        const leader = await lead(2);
        await records.attempts.finish(leader, finishedParts(leader.export.id, keysOf(leader)));
        return leader;
      }

      it('are published with the export, whose parts are gone', async () => {
        const leader = await complete();

        const { status, partCount, fileSize, sha256 } = (await records.exports.find(leader.export.id))!;
        expect([status, partCount]).toEqual(['completed', 2]);
        expect(sha256).toBe((await records.manifests.find(leader.export.id))?.sha256);
        const files = await records.files.list(leader.export.id, 0, 10);
        expect(files.map(({ number, key, rows, size, crc32 }) => [number, key, rows, size, crc32])).toEqual([
          [1, keysOf(leader)[0], 2, 10, 4_000_000_000],
          [2, keysOf(leader)[1], 2, 10, 4_000_000_000],
        ]);
        expect(fileSize).toBeGreaterThan(files[1]!.zipOffset);
        expect(await parts.stateOf(leader)).toEqual({ open: 0, rows: 0, failure: null });
      });

      it('are not published for an attempt that lost its export', async () => {
        const leader = await lead(2);
        await records.exports.cancel(leader.export.id, ANN);

        expect(await records.attempts.finish(leader, finishedParts(leader.export.id, keysOf(leader)))).toBe(false);
        expect(await records.files.list(leader.export.id, 0, 10)).toEqual([]);
        expect(await records.manifests.find(leader.export.id)).toBeNull();
      });

      it('are found by page, number and place in the zip', async () => {
        const { id } = (await complete()).export;
        const [first, second] = (await records.files.list(id, 0, 10)) as [PublishedFile, PublishedFile];

        expect(await records.files.list(id, 0, 1)).toEqual([first]);
        expect(await records.files.list(id, 1, 1)).toEqual([second]);
        expect(await records.files.find(id, 2)).toEqual(second);
        expect(await records.files.find(id, 3)).toBeNull();
        expect(await records.files.findAt(id, second.zipOffset - 1)).toEqual(first);
        expect(await records.files.findAt(id, second.zipOffset)).toEqual(second);
        expect(await records.files.findAt(id, 1_000_000)).toEqual(second);
      });

      it('are forgotten when they are deleted from storage', async () => {
        const { id } = (await complete()).export;
        await records.exports.expire(id, ANN);
        const [object] = await records.retention.findDeletable(null);
        expect(object).toMatchObject({ exportId: id, isDivided: true });

        await records.retention.clearStorageKeys(object!);

        expect(await records.files.list(id, 0, 10)).toEqual([]);
      });
    });

    it('forgets the parts of attempts that have ended, and no others', async () => {
      const ended = await lead(1);
      const leader = await lead(1, SNAPSHOT, BEN);
      await records.exports.cancel(ended.export.id, ANN);

      await parts.forgetEnded();

      expect(await parts.stateOf(ended)).toEqual({ open: 0, rows: 0, failure: null });
      expect(await parts.stateOf(leader)).toEqual({ open: 1, rows: 0, failure: null });
    });
  });
}
