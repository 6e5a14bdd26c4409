import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../platform/auth/principal';
import { Config } from '../../../platform/config/config';
import { DomainError } from '../../../platform/errors/domain-error';
import { FileStorage } from '../../../platform/storage/file-storage';
import { RunningWork } from '../../../platform/work/running-work';
import { ackDeadlineSeconds, DOWNLOAD_RETRY_SECONDS, PERSIST_RETRY_SECONDS } from '../domain/downloads';
import { type DownloadLease, DownloadLeaseRepository } from '../domain/interfaces/download-lease.repository';
import { ExportRepository } from '../domain/interfaces/export.repository';
import { RetentionRepository } from '../domain/interfaces/retention.repository';
import { type DownloadableFile, ExportFiles } from './export-files';
import { ExportMetrics } from './export-metrics';
import { type DownloadSink, OneTimeTransfer, type TransferDependencies } from './one-time-transfer';

/** Records downloads, and sends one-time files to one client each. */
@Injectable()
export class DownloadService {
  private readonly dependencies: TransferDependencies;

  constructor(
    private readonly exports: ExportRepository,
    private readonly leases: DownloadLeaseRepository,
    private readonly files: ExportFiles,
    private readonly metrics: ExportMetrics,
    private readonly running: RunningWork,
    private readonly config: Config,
    storage: FileStorage,
    retention: RetentionRepository,
  ) {
    this.dependencies = { leases, files, retention, storage, metrics, config };
  }

  /** Counts a complete download of a file that can be downloaded repeatedly. */
  recordDownload({ exportId, part }: DownloadableFile, by: Principal | null): Promise<void> {
    this.metrics.downloaded(by);
    return this.exports.recordDownload(exportId, by, part);
  }

  /**
   * Claims the exclusive right to send a one-time file.
   * @throws DomainError conflict during another download | gone
   */
  async claim(file: DownloadableFile, by: Principal | null): Promise<DownloadLease> {
    const lease = await this.leases.claim(file.exportId, by);
    if (lease) return lease;
    // The file may be gone since it was found.
    await this.files.find(file.exportId, null);
    this.metrics.oneTimeDownloadEnded('refused');
    throw new DomainError(
      'conflict',
      'download-under-way',
      'This one-time file is being downloaded by another client. Try again: if that download fails, the file is available again.',
      { retryAfterSeconds: DOWNLOAD_RETRY_SECONDS },
    );
  }

  /**
   * Sends a one-time file, or makes it available again.
   * @throws DomainError gone | StorageUnavailableError, before anything was sent
   */
  async sendOnce(file: DownloadableFile, lease: DownloadLease, sink: DownloadSink): Promise<void> {
    const transfer = new OneTimeTransfer(file, lease, sink, this.dependencies).run(this.running.ending);
    // Once the last byte is sent, the client's confirmation is awaited. The last try to save the outcome may hang.
    const { ackTimeoutSeconds } = this.config.downloads;
    const stopSeconds = ackDeadlineSeconds(file.size, ackTimeoutSeconds) + 2 * PERSIST_RETRY_SECONDS;
    await this.running.add(transfer, stopSeconds * 1000);
  }
}
