import type { Export, StoredObject } from '../../src/export/model/domain/export';
import { statusesBefore } from '../../src/export/model/domain/export-status';
import type { FinishedFile } from '../../src/production/model/domain/finished-file';
import { PictureRepository } from '../../src/production/model/domain/interfaces/picture.repository';
import type { Principal } from '../../src/platform/auth/principal';
import { isVisibleTo } from './export-record';
import type { ExportTerms } from './export-terms';
import { auditOf, type FakeRecords } from './fake-records';
import { publishedFile } from './published-file';

/** The uploaded pictures of the exports of a `FakeRecords`. */
export class FakePictureRepository extends PictureRepository {
  constructor(
    private readonly records: FakeRecords,
    private readonly terms: ExportTerms,
  ) {
    super();
  }

  override replaceFile(
    id: string,
    file: FinishedFile,
    by: Principal,
  ): Promise<{ export: Export; replaced: StoredObject | null } | null> {
    const { storageKey: key = null, contentType = null } = this.records.exports.get(id) ?? {};
    const [completed] = this.records.changeExports({
      where: (record) =>
        record.id === id &&
        isVisibleTo(by, record) &&
        ['completed', ...statusesBefore('completed')].includes(record.status),
      set: (record) => publishedFile(file, record, this.records.clock, this.terms),
      audit: (row) => auditOf(row, 'export.content-uploaded', { by, details: { bytes: file.size } }),
      notifies: 'completed',
    });
    if (!completed) return Promise.resolve(null);
    this.records.storeManifest(completed, file);
    const replaced = key !== null && contentType !== null ? { key, contentType } : null;
    return Promise.resolve({ export: completed, replaced });
  }
}
