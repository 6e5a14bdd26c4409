import type { Readable } from 'node:stream';
import { Logger } from '@nestjs/common';
import { pause, toError } from '../../../platform/async';
import type { Config } from '../../../platform/config/config';
import { RequestContext } from '../../../platform/observability/request-context';
import type { FileStorage } from '../../../platform/storage/file-storage';
import { Lease } from '../../../platform/work/lease';
import {
  ackDeadlineSeconds,
  DISCONNECT_GRACE_MS,
  downloadHeartbeatMs,
  MAX_COMMIT_DELAY_MS,
  PERSIST_RETRY_SECONDS,
  toDownloadedBy,
} from '../domain/downloads';
import type { DownloadLease, DownloadLeaseRepository } from '../domain/interfaces/download-lease.repository';
import type { RetentionRepository } from '../domain/interfaces/retention.repository';
import type { DownloadableFile, ExportFiles } from './export-files';
import type { ExportMetrics } from './export-metrics';

/** The connection to the client of a download. */
export interface DownloadSink {
  /** How many bytes were handed to the network. */
  readonly bytesSent: number;
  /** Aborts as soon as the client is known to have disconnected. */
  readonly disconnected: AbortSignal;
  /** Sends bytes at the client's pace. @throws when they cannot all be sent, or the signal aborts */
  write(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /** Sends the last byte before it returns. @returns whether the client confirms within the deadline that it has all bytes */
  writeFinal(byte: Uint8Array, deadlineSeconds: number): Promise<boolean>;
  /** Resets the connection, so that the client cannot mistake a part for the whole file. */
  abort(): void;
}

export interface TransferDependencies {
  readonly leases: DownloadLeaseRepository;
  readonly files: ExportFiles;
  readonly retention: RetentionRepository;
  readonly storage: FileStorage;
  readonly metrics: ExportMetrics;
  readonly config: Config;
}

const RETRY_MS = 1_000;

const logger = new Logger('OneTimeTransfer');

/**
 * Sends a one-time file to the client that has its lease. The last byte is held back until the database knows that it is
 * about to be sent, so no two clients can ever receive it.
 *
 * | state      | what happens                                       | ends with                            |
 * | ---------- | -------------------------------------------------- | ------------------------------------ |
 * | opening    | storage opens the file; the heartbeat runs         | the open file → sending              |
 * | sending    | all bytes but the last are sent                    | all are sent → settling              |
 * | settling   | a client that disconnects is noticed               | DISCONNECT_GRACE_MS over → committing |
 * | committing | the heartbeat stops, the lease is extended         | last byte and marker sent → confirming |
 * | confirming | the client receives the last byte                  | it closes or acknowledges → completed |
 * | completed  | the export expires, its file is deleted            |                                      |
 * | released   | the file can be downloaded again                   |                                      |
 *
 * Up to `confirming` a disconnect, a lost lease, the end of the shutdown's grace period or a failure leads to `released`. In
 * `confirming` a client that does not confirm before the deadline does. When the process dies, the lease ends: with a
 * marker maintenance counts the download as complete, without one the file can be downloaded again.
 */
export class OneTimeTransfer {
  private state: 'opening' | 'sending' | 'settling' | 'committing' | 'confirming' | 'completed' = 'opening';
  private readonly heartbeat: Lease;

  constructor(
    private readonly file: DownloadableFile,
    private readonly lease: DownloadLease,
    private readonly sink: DownloadSink,
    private readonly dependencies: TransferDependencies,
  ) {
    const { leases, config } = dependencies;
    const { leaseSeconds } = config.downloads;
    const terms = { heartbeatMs: downloadHeartbeatMs(leaseSeconds), leaseMs: leaseSeconds * 1000 };
    this.heartbeat = new Lease(terms, () => leases.beat(lease));
  }

  /**
   * @param shutdown aborts when the grace period of a shutdown is over
   * @throws DomainError gone | StorageUnavailableError, when the file cannot be opened; the client can get an error response
   */
  async run(shutdown: AbortSignal): Promise<void> {
    let failure: Error | null = null;
    try {
      const source = await this.dependencies.files.open(this.file);
      this.state = 'sending';
      await this.send(source, shutdown);
      this.state = 'completed';
    } catch (error) {
      failure = toError(error);
    }
    this.heartbeat.release();
    if (failure && this.state !== 'opening') this.sink.abort();
    this.report(failure);
    await this.persistOutcome();
    if (failure && this.state === 'opening') throw failure;
  }

  private async send(source: Readable, shutdown: AbortSignal): Promise<void> {
    const { file, lease, sink } = this;
    const { leases, config } = this.dependencies;
    const bytes = new HeldBackFile(source, file.size);
    const stop = AbortSignal.any([this.heartbeat.signal, shutdown, sink.disconnected]);
    await sink.write(bytes.allButLast(), stop);
    this.state = 'settling';
    await pause(DISCONNECT_GRACE_MS, stop);
    this.state = 'committing';
    this.heartbeat.release();
    const deadlineSeconds = ackDeadlineSeconds(file.size, config.downloads.ackTimeoutSeconds);
    const began = performance.now();
    const marker = await leases.prepareCompletion(lease, deadlineSeconds + PERSIST_RETRY_SECONDS);
    let confirmation: Promise<boolean>;
    try {
      // A process that was suspended here may have lost the lease since.
      if (!marker || performance.now() - began > MAX_COMMIT_DELAY_MS) throw new Error('The download lease was lost');
      sink.disconnected.throwIfAborted();
      // Both are sent in this tick, the byte first: a visible marker proves that the byte is on its way.
      confirmation = sink.writeFinal(bytes.last, deadlineSeconds);
      marker.mark();
      this.state = 'confirming';
    } finally {
      marker?.close();
    }
    if (!(await confirmation)) throw new Error('The client did not confirm the last byte');
  }

  private report(failure: Error | null): void {
    const { metrics } = this.dependencies;
    const { exportId, by } = this.lease;
    const details = {
      export_id: exportId,
      by: toDownloadedBy(by),
      address: RequestContext.current()?.address,
      bytes: this.sink.bytesSent,
    };
    if (failure) {
      metrics.oneTimeDownloadEnded('broken-off');
      logger.warn('A download of a one-time file was aborted', {
        event: 'export.one_time_download_aborted',
        ...details,
        state: this.state,
        reason: failure.message,
      });
      return;
    }
    metrics.oneTimeDownloadEnded('given-out');
    metrics.downloaded(by);
    logger.log('A one-time file was downloaded', { event: 'export.one_time_downloaded', ...details });
  }

  /** Retries while the database is down. Until the lease ends nothing else decides about the file. */
  private async persistOutcome(): Promise<void> {
    const { leases } = this.dependencies;
    const deadline = Date.now() + PERSIST_RETRY_SECONDS * 1000;
    for (;;) {
      try {
        if (this.state === 'completed') await this.complete();
        else await leases.release(this.lease, this.sink.bytesSent);
        return;
      } catch (error) {
        logger.warn('The outcome of a one-time download could not be saved; it is tried again', {
          event: 'export.one_time_outcome_not_saved',
          export_id: this.lease.exportId,
          reason: toError(error).message,
        });
        if (Date.now() > deadline) return;
        await pause(RETRY_MS);
      }
    }
  }

  private async complete(): Promise<void> {
    const { leases, storage, retention } = this.dependencies;
    const { exportId, key } = this.file;
    if (!(await leases.complete(this.lease))) return;
    try {
      await storage.delete(key);
      await retention.clearStorageKeys({ exportId, key });
    } catch (error) {
      logger.warn('A downloaded one-time file could not be deleted; the expiry deletes it later', {
        event: 'export.file_not_deleted',
        export_id: exportId,
        reason: toError(error).message,
      });
    }
  }
}

/** A file without its last byte, and that byte. A client that is cut off before the last byte never has the whole file. */
export class HeldBackFile {
  private held: Buffer = Buffer.alloc(0);

  /** @param size that the whole file must have */
  constructor(
    private readonly source: Readable,
    private readonly size: number,
  ) {}

  /** Reads the whole source, and yields all but its last byte. @throws when its size is not the expected one */
  async *allButLast(): AsyncGenerator<Buffer> {
    let read = 0;
    for await (const chunk of this.source as AsyncIterable<Buffer>) {
      read += chunk.length;
      // The announced length of a longer file must not arrive either: its beginning would look complete.
      if (read > this.size) break;
      if (read < this.size) {
        yield chunk;
        continue;
      }
      this.held = chunk.subarray(-1);
      if (chunk.length > 1) yield chunk.subarray(0, -1);
    }
    if (read !== this.size) throw new Error(`The stored file does not have the expected ${this.size} bytes`);
  }

  /** Known once `allButLast` has been read; empty for an empty file. */
  get last(): Buffer {
    return this.held;
  }
}
