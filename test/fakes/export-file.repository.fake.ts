import { ExportFileRepository } from '../../src/production/model/domain/interfaces/export-file.repository';
import type { PublishedFile } from '../../src/production/model/domain/part';
import type { FakeRecords } from './fake-records';

/** The files of the exports of a `FakeRecords`. */
export class FakeExportFileRepository extends ExportFileRepository {
  constructor(private readonly records: FakeRecords) {
    super();
  }

  override list(exportId: string, after: number, limit: number): Promise<PublishedFile[]> {
    const files = this.filesOf(exportId).filter(({ number }) => number > after);
    return Promise.resolve(files.slice(0, limit));
  }

  override find(exportId: string, number: number): Promise<PublishedFile | null> {
    return Promise.resolve(this.filesOf(exportId)[number - 1] ?? null);
  }

  override findAt(exportId: string, zipOffset: number): Promise<PublishedFile | null> {
    return Promise.resolve(this.filesOf(exportId).findLast((file) => file.zipOffset <= zipOffset) ?? null);
  }

  private filesOf(exportId: string): PublishedFile[] {
    return this.records.files.get(exportId) ?? [];
  }
}
