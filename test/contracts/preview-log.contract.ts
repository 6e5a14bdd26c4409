import { createExport } from '../../src/export/model/domain/export-request';
import { ANN, exportRequest, PARTNER } from '../support/export-requests';
import type { CreateRecords, RecordsUnderTest } from '../support/records-under-test';

/** What every log of previews has to keep. */
export function describePreviewLog(name: string, create: CreateRecords): void {
  describe(name, () => {
    let records: RecordsUnderTest;

    beforeAll(async () => {
      records = await create();
    });
    beforeEach(() => records.clear());
    afterAll(() => records.end());

    it('writes an audit entry for each preview, and does not change the record', async () => {
      const { id } = (await createExport(records.exports, exportRequest())).export;
      const before = (await records.exports.find(id))!;

      await records.previews.add(before, ANN);
      await records.previews.add(before, PARTNER, 2);

      expect(await records.exports.find(id)).toEqual(before);
      expect((await records.auditOf(id)).slice(-2)).toMatchObject([
        { action: 'export.previewed', userId: 'ann', customerId: null, details: { by: 'token' } },
        {
          action: 'export.previewed',
          userId: null,
          customerId: PARTNER.customerId,
          details: { by: 'customer', page: 2 },
        },
      ]);
    });
  });
}
