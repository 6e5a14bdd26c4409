import { createExport } from '../../src/export/model/domain/export-request';
import type { Export } from '../../src/export/model/domain/export';
import type { RequestExport } from '../../src/export/model/domain/interfaces/export.repository';
import type { Principal } from '../../src/platform/auth/principal';
import { ANN, delivering, exportRequest, finishedFile, STRANGERS } from '../support/export-requests';
import type { CreateRecords, RecordsUnderTest } from '../support/records-under-test';

/** What every repository that replaces files with uploaded pictures has to keep. */
export function describePictureRepository(name: string, create: CreateRecords): void {
  describe(name, () => {
    let records: RecordsUnderTest;

    beforeAll(async () => {
      records = await create();
    });
    beforeEach(() => records.clear());
    afterAll(() => records.end());

    async function request(caller: Principal, traits: Partial<RequestExport> = {}): Promise<Export> {
      return (await createExport(records.exports, exportRequest({ caller, ...traits }))).export;
    }

    async function complete(caller: Principal, traits: Partial<RequestExport> = {}): Promise<Export> {
      const { id } = await request(caller, traits);
      const attempt = await records.claim(id);
      await records.attempts.finish(attempt!, finishedFile(id));
      return (await records.exports.find(id))!;
    }

    it.each(STRANGERS)('does not replace %s file', async (_, owner, otherUser) => {
      const { id, object } = await complete(owner);

      expect(await records.pictures.replaceFile(id, finishedFile(id, { name: 'theirs.csv' }), otherUser)).toBeNull();
      expect(await records.exports.find(id)).toMatchObject({ object, fileName: 'Transactions.csv' });
    });

    const picture = { object: { key: 'pictures/x/1.png', contentType: 'image/png' }, name: 'Board.png' };

    it('completes an export instead of its worker, which publishes nothing afterwards', async () => {
      const { id } = await request(ANN, delivering('email', 'completed'));
      const attempt = await records.claim(id);

      const done = await records.pictures.replaceFile(id, finishedFile(id, picture), ANN);

      expect(done).toMatchObject({ export: { status: 'completed', object: picture.object }, replaced: null });
      expect(await records.attempts.finish(attempt!, finishedFile(id))).toBe(false);
      expect(await records.messagesOf(id)).toHaveLength(1);
    });

    it('returns the key of the replaced object and adds no second message', async () => {
      const { id, object } = await complete(ANN, delivering('email', 'completed'));

      const done = await records.pictures.replaceFile(id, finishedFile(id, picture), ANN);

      expect(done).toMatchObject({ replaced: object, export: { object: picture.object } });
      expect(await records.messagesOf(id)).toHaveLength(1);
    });

    it('does not extend the retention of the replaced file', async () => {
      const { id } = await complete(ANN);
      await records.advance(60);
      const { expiresAt } = (await records.exports.find(id))!;

      const done = await records.pictures.replaceFile(id, finishedFile(id, picture), ANN);

      expect(done!.export.expiresAt).toEqual(expiresAt);
    });

    it('does not revive a cancelled export', async () => {
      const { id } = await request(ANN);
      await records.exports.cancel(id, ANN);

      expect(await records.pictures.replaceFile(id, finishedFile(id, picture), ANN)).toBeNull();
      expect(await records.exports.find(id)).toMatchObject({ status: 'cancelled', object: null });
    });
  });
}
