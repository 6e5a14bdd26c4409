import { randomUUID } from 'node:crypto';
import { credentialTypeOf, fromDownloadedBy, toDownloadedBy } from '../../src/export/model/domain/downloads';
import type { Export } from '../../src/export/model/domain/export';
import {
  type CompletionMarker,
  type DownloadLease,
  DownloadLeaseRepository,
} from '../../src/export/model/domain/interfaces/download-lease.repository';
import type { AuditEntry } from '../../src/platform/audit/audit-log';
import type { Principal } from '../../src/platform/auth/principal';
import { type ExportRecord, NOT_LEASED } from './export-record';
import type { ExportTerms } from './export-terms';
import { auditOf, type FakeRecords } from './fake-records';

/** The download leases of the one-time files in a `FakeRecords`. */
export class FakeDownloadLeaseRepository extends DownloadLeaseRepository {
  constructor(
    private readonly records: FakeRecords,
    private readonly terms: ExportTerms,
  ) {
    super();
  }

  override claim(exportId: string, by: Principal | null): Promise<DownloadLease | null> {
    const record = this.records.exports.get(exportId);
    if (!record || !this.isFree(record)) return Promise.resolve(null);
    const token = randomUUID();
    const downloadLease = this.records.clock.in(this.terms.downloadLeaseSeconds);
    Object.assign(record, {
      downloadToken: token,
      downloadLease,
      downloadPrepared: false,
      downloadedBy: toDownloadedBy(by),
    });
    return Promise.resolve({ exportId, token, by });
  }

  override beat(lease: DownloadLease): Promise<boolean> {
    const record = this.held(lease);
    if (!record) return Promise.resolve(false);
    const renewed = this.records.clock.in(this.terms.downloadLeaseSeconds);
    const { downloadLease } = record;
    record.downloadLease = downloadLease !== null && downloadLease > renewed ? downloadLease : renewed;
    return Promise.resolve(true);
  }

  override prepareCompletion(lease: DownloadLease, leaseSeconds: number): Promise<CompletionMarker | null> {
    const record = this.held(lease);
    if (!record) return Promise.resolve(null);
    Object.assign(record, { downloadLease: this.records.clock.in(leaseSeconds), downloadPrepared: true });
    return Promise.resolve({
      mark: () => {
        if (record.downloadToken === lease.token) record.downloadEnding = true;
      },
      close: () => undefined,
    });
  }

  override complete(lease: DownloadLease): Promise<boolean> {
    const { by } = lease;
    return this.end(lease, setDownloaded(this.records), (row) =>
      auditOf(row, 'export.downloaded', { by, details: { by: credentialTypeOf(by), one_time: true } }),
    );
  }

  override release(lease: DownloadLease, bytesSent: number): Promise<boolean> {
    const { by } = lease;
    return this.end(
      lease,
      () => ({ ...NOT_LEASED, downloadedBy: null }),
      (row) =>
        auditOf(row, 'export.download-broken-off', { by, details: { by: credentialTypeOf(by), bytes: bytesSent } }),
    );
  }

  override finalizeInterrupted(): Promise<number> {
    const now = this.records.clock.now();
    const finalized = this.records.changeExports({
      where: ({ status, downloadEnding, downloadLease }) =>
        (status === 'completed' || status === 'expired') &&
        downloadEnding &&
        downloadLease !== null &&
        downloadLease < now,
      set: setDownloaded(this.records),
      audit: (row) => {
        const by = fromDownloadedBy(row);
        return auditOf(row, 'export.downloaded', {
          by,
          details: { by: credentialTypeOf(by), one_time: true, receipt: false },
        });
      },
    });
    return Promise.resolve(finalized.length);
  }

  private isFree({ oneTime, status, storageKey, ...record }: ExportRecord): boolean {
    const { downloadEnding, downloadToken, downloadLease } = record;
    const isLeased = downloadToken !== null && (downloadLease === null || downloadLease >= this.records.clock.now());
    return oneTime && status === 'completed' && storageKey !== null && !downloadEnding && !isLeased;
  }

  private held({ exportId, token }: DownloadLease): ExportRecord | null {
    const record = this.records.exports.get(exportId);
    return record?.downloadToken === token && record.status === 'completed' ? record : null;
  }

  /** Whatever the status: the owner may have deleted the file while its last byte was being sent. */
  private end(
    { exportId, token }: DownloadLease,
    set: (record: ExportRecord) => Partial<ExportRecord>,
    audit: (row: Export) => AuditEntry,
  ): Promise<boolean> {
    const where = ({ id, downloadToken }: ExportRecord) => id === exportId && downloadToken === token;
    return Promise.resolve(this.records.changeExports({ where, set, audit }).length === 1);
  }
}

/** The columns of a one-time export whose file was downloaded. */
function setDownloaded({ clock }: FakeRecords): (record: ExportRecord) => Partial<ExportRecord> {
  return ({ downloadCount }) => ({
    status: 'expired',
    expiresAt: clock.now(),
    downloadedAt: clock.now(),
    downloadCount: downloadCount + 1,
    ...NOT_LEASED,
  });
}
