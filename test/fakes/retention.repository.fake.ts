import {
  type DeletableObject,
  RetentionRepository,
} from '../../src/export/model/domain/interfaces/retention.repository';
import { EXPIRY_BATCH } from '../../src/export/model/domain/retention';
import type { ExportRecord } from './export-record';
import { auditOf, byId, type FakeRecords } from './fake-records';

/** The retention of the files of a `FakeRecords`. */
export class FakeRetentionRepository extends RetentionRepository {
  constructor(private readonly records: FakeRecords) {
    super();
  }

  override expireOverdue(): Promise<number> {
    const now = this.records.clock.now();
    const isOverdue = ({ status, expiresAt, downloadEnding, downloadLease }: ExportRecord) =>
      status === 'completed' &&
      expiresAt !== null &&
      expiresAt <= now &&
      !downloadEnding &&
      (downloadLease === null || downloadLease < now);
    const some = new Set(this.all(isOverdue).slice(0, EXPIRY_BATCH));
    const expired = this.records.changeExports({
      where: (record) => some.has(record),
      set: () => ({ status: 'expired' }),
      audit: (row) => auditOf(row, 'export.expired', { by: null }),
    });
    return Promise.resolve(expired.length);
  }

  override findDeletable(after: string | null): Promise<DeletableObject[]> {
    const deletable = this.all(({ id, status }) => status === 'expired' && (after === null || id > after))
      .sort(byId)
      .flatMap(({ id, storageKey, partCount }) =>
        storageKey === null ? [] : [{ exportId: id, key: storageKey, isDivided: partCount !== null }],
      );
    return Promise.resolve(deletable.slice(0, EXPIRY_BATCH));
  }

  override clearStorageKeys(...objects: readonly Pick<DeletableObject, 'exportId' | 'key'>[]): Promise<number> {
    const known = objects.flatMap(({ exportId, key }) => {
      const record = this.records.exports.get(exportId);
      return record?.storageKey === key ? [record] : [];
    });
    for (const { id } of known) this.records.files.delete(id);
    for (const record of known) Object.assign(record, { storageKey: null, updatedAt: this.records.clock.now() });
    return Promise.resolve(known.length);
  }

  private all(which: (record: ExportRecord) => boolean): ExportRecord[] {
    return [...this.records.exports.values()].filter(which);
  }
}
