import { credentialTypeOf } from '../../src/export/model/domain/downloads';
import type { Export } from '../../src/export/model/domain/export';
import { PreviewLog } from '../../src/preview/model/domain/interfaces/preview-log';
import type { Principal } from '../../src/platform/auth/principal';
import { auditOf, type FakeRecords } from './fake-records';

/** The previews of the exports of a `FakeRecords`. */
export class FakePreviewLog extends PreviewLog {
  constructor(private readonly records: FakeRecords) {
    super();
  }

  override add(source: Export, by: Principal, page?: number): Promise<void> {
    const details = { by: credentialTypeOf(by), ...(page !== undefined && { page }) };
    this.records.audit(auditOf(source, 'export.previewed', { by, details }));
    return Promise.resolve();
  }
}
