import { createExport } from '../../src/export/model/domain/export-request';
import { objectPrefix } from '../../src/export/model/domain/export';
import { partPrefix } from '../../src/production/model/domain/part';
import type { RequestExport } from '../../src/export/model/domain/interfaces/export.repository';
import { ANN, exportRequest, finishedParts } from '../support/export-requests';
import type { RecordsUnderTest } from '../support/records-under-test';

const HOUR_MS = 3_600_000;

/** Which files the records still want, and which are to be deleted. */
export function describeFileReferences(
  recordsOf: () => RecordsUnderTest,
  complete: (traits?: Partial<RequestExport>) => Promise<string>,
): void {
  const hourAgo = () => new Date(recordsOf().now().getTime() - HOUR_MS);

  /** So that every record lies further back than the moment that is asked about. */
  const settledSince = async () => {
    await recordsOf().advance(2 * (HOUR_MS / 1000));
    return hourAgo();
  };

  describe('a file in storage', () => {
    it('is referenced while an export names it, unlike a neighbouring file', async () => {
      const id = await complete();
      const [own, other] = [`${objectPrefix(id)}file.csv`, `${objectPrefix(id)}other.csv`];
      const since = await settledSince();

      expect(await recordsOf().maintenance.findReferenced([own, other], since)).toEqual(new Set([own]));
    });

    it('is referenced while an attempt of its export writes it', async () => {
      const { export: requested } = await createExport(recordsOf().exports, exportRequest());
      const attempt = await recordsOf().claim(requested.id);
      const [written, stale] = [
        `${objectPrefix(requested.id)}${attempt!.token}.csv`,
        `${objectPrefix(requested.id)}former.csv`,
      ];
      const since = await settledSince();

      expect(await recordsOf().maintenance.findReferenced([written, stale], since)).toEqual(new Set([written]));
    });

    it('is referenced while parts of its export are written, or it is one of several files', async () => {
      const { export: requested } = await createExport(recordsOf().exports, exportRequest());
      const attempt = (await recordsOf().claim(requested.id))!;
      const keys = ['1-a-1', '2-b-1', '2-c-1'].map((part) => `${partPrefix(requested.id, attempt.token)}${part}.csv`);
      const former = `${objectPrefix(requested.id)}former-1-a-1.csv`;
      const writtenSince = await settledSince();
      expect(await recordsOf().maintenance.findReferenced([...keys, former], writtenSince)).toEqual(new Set(keys));

      const [first, second] = keys;
      await recordsOf().attempts.finish(attempt, finishedParts(requested.id, [first!, second!]));
      const since = await settledSince();

      expect(await recordsOf().maintenance.findReferenced(keys, since)).toEqual(new Set([first, second]));
      await recordsOf().exports.expire(requested.id, ANN);
      const expiredSince = await settledSince();
      expect(await recordsOf().maintenance.findReferenced(keys, expiredSince)).toEqual(new Set());
    });

    it('is kept while its export was changed recently', async () => {
      const id = await complete();
      const other = `${objectPrefix(id)}other.csv`;

      const kept = await recordsOf().maintenance.findReferenced([other], hourAgo());

      expect(kept).toEqual(new Set([other]));
    });

    it('is orphaned without an export of its id', async () => {
      const keys = ['exports/00000000-0000-7000-8000-000000000000/a.csv', 'exports/none/a.csv', 'exports'];

      expect(await recordsOf().maintenance.findReferenced(keys, new Date(0))).toEqual(new Set());
    });
  });
}
