import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { Principal } from '../../../platform/auth/principal';
import { Config } from '../../../platform/config/config';
import { DomainError } from '../../../platform/errors/domain-error';
import { RequestContext } from '../../../platform/observability/request-context';
import { FileStorage, StorageUnavailableError } from '../../../platform/storage/file-storage';
import { pause } from '../../../platform/async';
import {
  ackDeadlineSeconds,
  DOWNLOAD_RETRY_SECONDS,
  MAX_COMMIT_DELAY_MS,
  PERSIST_RETRY_SECONDS,
  DISCONNECT_GRACE_MS,
} from '../domain/download-lease-limits';
import { toDownloadedBy } from '../domain/downloader';
import { type DownloadLease, DownloadLeaseRepository } from '../domain/interfaces/download-lease.repository';
import { MaintenanceRepository } from '../domain/interfaces/maintenance.repository';
import { type DownloadableFile, ExportDownload } from './export-download';
import { ExportMetrics } from './export-metrics';
import { DownloadLeaseHeartbeat } from './download-lease-heartbeat';
import { LastByte } from './last-byte';

/** Somebody at the other end of a connection, who may leave at any moment. */
export interface DownloadSink {
  /** How many bytes were handed to the network. */
  readonly bytesSent: number;
  /** Sends bytes at the sink's pace. @throws when they cannot all be sent, or the signal aborts */
  write(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /** Aborts as soon as it is heard that the sink has left. */
  readonly disconnected: AbortSignal;
  /** Sends the last byte before it returns. @returns whether the sink has accepted everything within so many seconds */
  writeFinal(byte: Uint8Array, withinSeconds: number): Promise<boolean>;
  /** Ends the connection, so that nobody takes what was sent for a whole file. */
  abort(): void;
}

const RETRY_MS = 1_000;

/**
 * Gives out files that exist for one sink: completely to one of them, and to nobody after that. The last byte is held back until
 * the database has noted that it goes out, so that no two readers can ever have it; the file is gone when
 * the sink has accepted them. Whatever breaks before leaves the file as it was.
 */
@Injectable()
export class OneTimeDownload implements OnModuleDestroy, BeforeApplicationShutdown {
  private readonly logger = new Logger(OneTimeDownload.name);
  private readonly running = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private deadline = Infinity;

  constructor(
    private readonly leases: DownloadLeaseRepository,
    private readonly downloads: ExportDownload,
    private readonly storage: FileStorage,
    private readonly maintenance: MaintenanceRepository,
    private readonly config: Config,
    private readonly metrics: ExportMetrics,
  ) {}

  /**
   * Takes the right to give the file out.
   * @throws DomainError conflict while somebody else is given it | gone
   */
  async claim(file: DownloadableFile, by: Principal | null): Promise<DownloadLease> {
    const lease = await this.leases.claim(file.exportId, by);
    if (lease) return lease;
    // Gone, or changed otherwise since it was found?
    await this.downloads.find(file.exportId, null);
    this.metrics.oneTimeDownloadEnded('refused');
    throw new DomainError(
      'conflict',
      'download-under-way',
      'This file is being downloaded, and it is given out only once. Should that download break off, it can be fetched again.',
      { retryAfterSeconds: DOWNLOAD_RETRY_SECONDS },
    );
  }

  /**
   * Gives the file to the sink, or the right to it back.
   * @throws DomainError gone, before anything is sent, when storage has lost the file | StorageUnavailableError
   */
  async send(file: DownloadableFile, lease: DownloadLease, sink: DownloadSink): Promise<void> {
    const given = this.carryOut(file, lease, sink);
    this.running.add(given);
    await given.finally(() => this.running.delete(given));
  }

  onModuleDestroy(): void {
    this.deadline = Date.now() + this.config.exports.graceSeconds * 1000;
  }

  /** Lets readers come to their ends within the grace period, and notes that they did; breaks the others off. */
  async beforeApplicationShutdown(): Promise<void> {
    const late = setTimeout(
      () => {
        this.stopping.abort(new Error('The service stops'));
      },
      Math.max(0, this.deadline - Date.now()),
    );
    await Promise.allSettled(this.running);
    clearTimeout(late);
  }

  private async carryOut(file: DownloadableFile, lease: DownloadLease, sink: DownloadSink): Promise<void> {
    const heartbeat = new DownloadLeaseHeartbeat(lease, this.leases, this.config.downloads.leaseSeconds);
    let isAccepted = false;
    let reason: unknown = 'The sink did not accept the last byte';
    try {
      isAccepted = await this.transfer(file, lease, sink, heartbeat);
    } catch (error) {
      reason = error;
    } finally {
      heartbeat.stop();
    }
    // Before anything was sent there is room for an answer.
    const refusal =
      !isAccepted && (reason instanceof DomainError || reason instanceof StorageUnavailableError) ? reason : null;
    if (!isAccepted && !refusal) sink.abort();
    this.tell(isAccepted ? null : String(reason), lease, sink);
    await this.conclude(file, lease, sink, isAccepted);
    if (refusal) throw refusal;
  }

  private tell(failure: string | null, { exportId, by }: DownloadLease, { bytesSent }: DownloadSink): void {
    const about = {
      export_id: exportId,
      by: toDownloadedBy(by),
      address: RequestContext.current()?.address,
      bytes: bytesSent,
    };
    this.metrics.oneTimeDownloadEnded(failure === null ? 'given-out' : 'broken-off');
    if (failure === null) this.metrics.downloaded(by);
    if (failure === null) this.logger.log('A one-time file was given out, and is deleted', about);
    else this.logger.warn('A one-time download broke off', { ...about, reason: failure });
  }

  private async transfer(
    file: DownloadableFile,
    lease: DownloadLease,
    sink: DownloadSink,
    heartbeat: DownloadLeaseHeartbeat,
  ): Promise<boolean> {
    const bytes = new LastByte(await this.downloads.open(file), file.size);
    const signal = AbortSignal.any([heartbeat.lost, this.stopping.signal, sink.disconnected]);
    await sink.write(bytes.before(), signal);
    await pause(DISCONNECT_GRACE_MS, signal);
    heartbeat.stop();
    const seconds = ackDeadlineSeconds(file.size, this.config.downloads.ackTimeoutSeconds);
    const begun = performance.now();
    let isAccepted: Promise<boolean>;
    const marker = await this.leases.prepareCompletion(lease, seconds + PERSIST_RETRY_SECONDS);
    try {
      // A process that was stopped here for a while can know no more whose the file is.
      if (!marker || performance.now() - begun > MAX_COMMIT_DELAY_MS)
        throw new Error('The right to give the file out was lost');
      sink.disconnected.throwIfAborted();
      // Both are sent in this very moment, the byte first: where the mark is seen, the byte is on its way.
      isAccepted = sink.writeFinal(bytes.last(), seconds);
      marker.mark();
    } finally {
      marker?.close();
    }
    return isAccepted;
  }

  /** The database may be away just now; until the lease is over nobody else decides. */
  private async conclude(
    file: DownloadableFile,
    lease: DownloadLease,
    sink: DownloadSink,
    isAccepted: boolean,
  ): Promise<void> {
    const deadline = Date.now() + PERSIST_RETRY_SECONDS * 1000;
    for (;;) {
      try {
        if (isAccepted) await this.complete(file, lease);
        else await this.leases.release(lease, sink.bytesSent);
        return;
      } catch (error) {
        this.logger.warn('The end of a one-time download could not be noted; it is tried again', {
          export_id: file.exportId,
          reason: String(error),
        });
        if (Date.now() > deadline) return;
        await pause(RETRY_MS);
      }
    }
  }

  private async complete({ exportId, key }: DownloadableFile, lease: DownloadLease): Promise<void> {
    if (!(await this.leases.complete(lease))) return;
    try {
      await this.storage.delete(key);
      await this.maintenance.clearStorageKeys({ exportId, key });
    } catch (error) {
      this.logger.warn('A file that was given out could not be deleted; the sweep will', {
        export_id: exportId,
        reason: String(error),
      });
    }
  }
}
