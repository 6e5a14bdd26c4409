import { createExport } from '../../src/export/model/domain/export-request';
import type { RequestExport, ExportRepository } from '../../src/export/model/domain/interfaces/export.repository';
import type { Export } from '../../src/export/model/domain/export';
import type { Principal } from '../../src/platform/auth/principal';
import {
  ANN,
  ANN_IN_BLUE,
  BEN,
  delivering,
  exportRequest,
  finishedFile,
  PARTNER,
  RIVAL,
  STRANGERS,
} from '../support/export-requests';
import type { RecordsUnderTest } from '../support/records-under-test';

/** What owners can do with their exports, and other principals cannot. */
export function describeExportOwners(recordsOf: () => RecordsUnderTest): void {
  const exports = (): ExportRepository => recordsOf().exports;

  async function request(caller: Principal, traits: Partial<RequestExport> = {}): Promise<Export> {
    return (await createExport(exports(), exportRequest({ caller, ...traits }))).export;
  }

  async function complete(caller: Principal, traits: Partial<RequestExport> = {}): Promise<Export> {
    const { id } = await request(caller, traits);
    const attempt = await recordsOf().claim(id);
    await recordsOf().attempts.finish(attempt!, finishedFile(id));
    return (await exports().find(id))!;
  }

  describe('an owner', () => {
    it.each([
      ['a person', ANN],
      ['a person in a tenant', ANN_IN_BLUE],
      ['an external system', PARTNER],
    ])('finds, lists and cancels its own export: %s', async (_, owner) => {
      const own = await request(owner);

      expect(await exports().findOwned(own.id, owner)).toEqual(own);
      expect(await exports().list({ owner, size: 10 })).toEqual({ count: 1, items: [own], nextCursor: null });
      expect(await exports().cancel(own.id, owner)).toMatchObject({ id: own.id, status: 'cancelled' });
    });

    it('and the acting external system both see an export', async () => {
      const owner = { userId: 'ann', tenantId: null, customerId: PARTNER.customerId };
      const { id } = await request(PARTNER, { owner });

      expect(await exports().findOwned(id, ANN)).toMatchObject({ id });
      expect(await exports().findOwned(id, PARTNER)).toMatchObject({ id });
      expect(await exports().findOwned(id, RIVAL)).toBeNull();
    });
  });

  describe('another principal', () => {
    it.each(STRANGERS)('does not find %s export', async (_, owner, otherUser) => {
      const { id } = await request(owner);

      expect(await exports().findOwned(id, otherUser)).toBeNull();
    });

    it.each(STRANGERS)('does not list %s export', async (_, owner, otherUser) => {
      await request(owner);

      expect(await exports().list({ owner: otherUser, size: 10 })).toEqual({ count: 0, items: [], nextCursor: null });
    });

    it.each(STRANGERS)('does not cancel %s export', async (_, owner, otherUser) => {
      const { id } = await request(owner);

      expect(await exports().cancel(id, otherUser)).toBeNull();
      expect(await exports().find(id)).toMatchObject({ status: 'pending' });
    });

    it.each(STRANGERS)('does not expire %s file', async (_, owner, otherUser) => {
      const { id } = await complete(owner);

      expect(await exports().expire(id, otherUser)).toBeNull();
      expect(await exports().find(id)).toMatchObject({ status: 'completed' });
    });
  });

  describe('a list', () => {
    it('is in pages, newest first, with the total', async () => {
      const ids: string[] = [];
      for (let turn = 0; turn < 3; turn++) ids.unshift((await request(ANN)).id);

      const first = await exports().list({ owner: ANN, size: 2 });
      const second = await exports().list({ owner: ANN, size: 2, cursor: first.nextCursor! });

      expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
      expect(second.items.map(({ id }) => id)).toEqual(ids.slice(2));
      expect([first.count, second.count, second.nextCursor]).toEqual([3, 3, null]);
    });

    it.each([
      ['status', { status: 'completed' as const }],
      ['kind', { kind: 'board' as const }],
      ['format', { format: 'pdf' as const }],
      ['board session', { kind: 'board', subject: '00000000-0000-7000-8000-00000000005e' }],
      ['event', { kind: 'event', subject: '00000000-0000-7000-8000-00000000005e' }],
      ['subject of another kind', { kind: 'certificate', subject: 'ann-2026' }],
    ])('can be filtered by %s', async (_, filter) => {
      const { status, ...traits } = { status: undefined, ...filter };
      const wanted = status ? await complete(ANN) : await request(ANN, traits);
      await request(ANN);

      const { items, count } = await exports().list({ owner: ANN, size: 10, ...filter });

      expect([count, items.map(({ id }) => id)]).toEqual([1, [wanted.id]]);
    });

    it('of ids contains the existing exports', async () => {
      const one = await request(ANN);
      const other = await request(BEN);

      const found = await exports().findAll([other.id, '00000000-0000-7000-8000-000000000000', one.id]);

      expect(found.map(({ id }) => id).sort()).toEqual([one.id, other.id].sort());
      expect(await exports().findAll([])).toEqual([]);
    });
  });

  describe('cancelling', () => {
    it('ends a running export and names who did it', async () => {
      const { id } = await request(ANN, delivering('email', 'completed', 'failed'));
      await recordsOf().claim(id);

      const cancelled = await exports().cancel(id, ANN);

      expect(cancelled).toEqual(await exports().find(id));
      expect((await recordsOf().auditOf(id)).at(-1)).toMatchObject({ action: 'export.cancelled', userId: 'ann' });
      expect(await recordsOf().messagesOf(id)).toEqual([]);
    });

    it('does not change an export that has ended', async () => {
      const { id } = await complete(ANN);

      expect(await exports().cancel(id, ANN)).toBeNull();
      expect(await exports().find(id)).toMatchObject({ status: 'completed' });
    });

    it('happens once', async () => {
      const { id } = await request(ANN);

      const all = await Promise.all([exports().cancel(id, ANN), exports().cancel(id, ANN)]);

      expect(all.filter((one) => one !== null)).toHaveLength(1);
    });
  });

  describe('expiring', () => {
    it('removes the file of a completed export and keeps its facts', async () => {
      const { id } = await complete(ANN);

      const expired = await exports().expire(id, ANN);

      expect(expired).toMatchObject({ status: 'expired', object: null, fileName: 'Transactions.csv', fileSize: 10 });
      expect(expired!.expiresAt!.getTime()).toBeLessThanOrEqual(recordsOf().now().getTime() + 1_000);
      expect((await recordsOf().auditOf(id)).at(-1)).toMatchObject({ action: 'export.file-deleted', userId: 'ann' });
      expect(await exports().expire(id, ANN)).toBeNull();
    });

    it('requires a completed export', async () => {
      const { id } = await request(ANN);

      expect(await exports().expire(id, ANN)).toBeNull();
      expect(await exports().find(id)).toMatchObject({ status: 'pending' });
    });

    it('keeps a streamed export, which has no file, completed', async () => {
      const token = '00000000-0000-4000-8000-000000000001';
      const { export: streamed } = await createExport(exports(), exportRequest(), token);
      await recordsOf().attempts.finish(
        { token, number: 1, export: streamed },
        finishedFile(streamed.id, { object: null }),
      );

      expect(await exports().expire(streamed.id, ANN)).toBeNull();
      expect(await exports().find(streamed.id)).toMatchObject({ status: 'completed' });
    });
  });

  it.each([
    ['a person', ANN, 'token', { userId: 'ann', customerId: null }],
    ['an external system', PARTNER, 'customer', { userId: null, customerId: PARTNER.customerId }],
  ])('counts a download by %s with an audit entry each', async (_, by, way, who) => {
    const { id } = await complete(ANN);

    await exports().recordDownload(id, by);
    await exports().recordDownload(id, by);

    const entry = { action: 'export.downloaded', details: { by: way }, ...who };
    expect(await exports().find(id)).toMatchObject({ downloadCount: 2, status: 'completed', downloadedAt: null });
    expect((await recordsOf().auditOf(id)).slice(-2)).toMatchObject([entry, entry]);
  });

  it('counts each download by a link with one audit entry a minute', async () => {
    const [{ id }, other] = [await complete(ANN), await complete(ANN)];

    for (let time = 0; time < 3; time += 1) await exports().recordDownload(id, null);
    await exports().recordDownload(other.id, null);

    const entry = { action: 'export.downloaded', userId: null, customerId: null, details: { by: 'link', count: 1 } };
    const downloads = async (of: string) =>
      (await recordsOf().auditOf(of)).filter(({ action }) => action === 'export.downloaded');
    expect(await exports().find(id)).toMatchObject({ downloadCount: 3 });
    expect(await downloads(id)).toMatchObject([entry]);
    expect(await downloads(other.id)).toMatchObject([entry]);
  });
}
