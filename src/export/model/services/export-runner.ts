import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { DomainError } from '../../../platform/errors/domain-error';
import { RequestContext } from '../../../platform/observability/request-context';
import { FileStorage, StorageUnavailableError } from '../../../platform/storage/file-storage';
import { MAX_ATTEMPTS, pauseAfter } from '../domain/attempt-limits';
import type { ExportFailure } from '../domain/export';
import { type AccountShare, type Attempt, AttemptRepository } from '../domain/interfaces/attempt.repository';
import { ExportQueue } from '../domain/interfaces/export-queue';
import { AttemptLease } from './attempt-lease';
import { ExportMetrics } from './export-metrics';
import { objectPrefix } from '../domain/object-key';
import { ExportProduction, StorageFault } from './export-production';

const NOT_STORED: ExportFailure = {
  code: 'file-not-stored',
  reason: 'The file was made but could not be stored. Please try again later.',
};

const NOT_PRODUCED: ExportFailure = {
  code: 'file-not-produced',
  reason: 'The file could not be made because of a fault on our side. Please try again later.',
};

/** Carries out exports, one attempt at a time. */
@Injectable()
export class ExportRunner {
  private readonly logger = new Logger(ExportRunner.name);
  /** Of the exports that this process may run at once, those that it runs or is about to claim. */
  private taken = 0;

  constructor(
    private readonly attempts: AttemptRepository,
    private readonly production: ExportProduction,
    private readonly storage: FileStorage,
    private readonly queue: ExportQueue,
    private readonly metrics: ExportMetrics,
    private readonly config: Config,
  ) {}

  /**
   * Runs the export that is next, to one of its ends or to the next attempt. Does nothing when none may start.
   * @param ending aborts when the process has to end; the export is handed back
   */
  async runNext(ending: AbortSignal): Promise<void> {
    this.taken++;
    try {
      const attempt = await this.attempts.claimNext(this.shareWith(this.taken));
      if (!attempt) return;
      const { id: exportId, requestId } = attempt.export;
      await RequestContext.run({ requestId, logFields: { export_id: exportId } }, () => this.carryOut(attempt, ending));
    } finally {
      this.taken--;
    }
    if (ending.aborted) return;
    // Jobs were spent on exports that could not start while this one ran.
    await this.wakeForNext().catch((error: unknown) => {
      this.logger.warn('No worker could be woken for the next export; the sweep does it', { reason: String(error) });
    });
  }

  /** Wakes a worker for the next export, if this process could run it. */
  async wakeForNext(): Promise<void> {
    if (this.taken >= this.config.exports.concurrency) return;
    const next = await this.attempts.findNext(this.shareWith(this.taken + 1));
    if (next !== null) await this.queue.wake(next);
  }

  /**
   * What an account may have while this process runs so many exports. One account never fills a process of several slots, not even
   * an idle one: the next account's export starts at once.
   */
  private shareWith(taken: number): AccountShare {
    const { concurrency, perAccount } = this.config.exports;
    const limit = concurrency === 1 ? perAccount : Math.min(perAccount, concurrency - 1);
    return { limit, mayExceed: taken < concurrency };
  }

  private async carryOut(attempt: Attempt, ending: AbortSignal): Promise<void> {
    const { kind, format } = attempt.export;
    this.logger.log('Export started', { kind, format, attempt: attempt.number });
    const lease = new AttemptLease(attempt, this.attempts, this.config.exports.leaseSeconds * 1000);
    // Whatever was opened for the attempt ends with it, however it ends.
    const over = new AbortController();
    const signal = AbortSignal.any([lease.lost, ending, over.signal]);
    try {
      await this.produceAndPublish(attempt, lease, signal);
    } catch (error) {
      await this.conclude(attempt, error, lease.lost, ending);
    } finally {
      lease.release();
      over.abort();
    }
  }

  private async produceAndPublish(attempt: Attempt, lease: AttemptLease, signal: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    const file = await this.production.produce(attempt, lease.report, signal);
    const milliseconds = Math.round(performance.now() - startedAt);
    if (await this.attempts.finish(attempt, file)) {
      const { size: bytes, recordCount: rows, warnings } = file;
      this.logger.log('Export completed', { bytes, rows, milliseconds, warnings: warnings.length });
      this.metrics.completed(attempt.export, file, milliseconds / 1000);
      this.metrics.attemptEnded('completed');
    } else {
      this.logger.warn('Export was taken away before its file was published: the file is removed');
      if (file.object) await this.storage.delete(file.object.key);
    }
  }

  private async conclude(attempt: Attempt, error: unknown, lost: AbortSignal, ending: AbortSignal): Promise<void> {
    if (lost.aborted) {
      this.logger.log('Export was cancelled or taken over: the attempt has ended');
    } else if (ending.aborted) {
      this.logger.log('Export is handed back');
      if (await this.attempts.handBack(attempt)) this.metrics.attemptEnded('handed-back');
    } else if (error instanceof DomainError) {
      await this.fail(attempt, { code: error.code, reason: error.summary });
    } else {
      await this.retryOrFail(attempt, error);
    }
  }

  private async retryOrFail(attempt: Attempt, error: unknown): Promise<void> {
    const isStorageFault = error instanceof StorageFault || error instanceof StorageUnavailableError;
    const failure = isStorageFault ? NOT_STORED : NOT_PRODUCED;
    const isLast = attempt.number >= MAX_ATTEMPTS;
    const counted = isLast ? await this.fail(attempt, failure) : await this.retryLater(attempt, failure);
    const cause = error instanceof Error ? error : new Error(String(error));
    // A cancelled export's upload is cleared away under its feet: that is no fault.
    if (counted) this.logger.error(`Attempt ${attempt.number} of ${MAX_ATTEMPTS} failed`, cause);
    else this.logger.log('Export was cancelled or taken over: the attempt has ended', { reason: cause.message });
  }

  private async retryLater(attempt: Attempt, failure: ExportFailure): Promise<boolean> {
    if (!(await this.attempts.retryLater(attempt, pauseAfter(attempt.number), failure))) return false;
    this.metrics.attemptEnded('retried');
    return true;
  }

  private async fail(attempt: Attempt, failure: ExportFailure): Promise<boolean> {
    if (!(await this.attempts.fail(attempt, failure))) return false;
    this.logger.warn('Export failed', { ...failure });
    this.metrics.failed(attempt.export);
    this.metrics.attemptEnded('failed');
    // No further attempt will clear away what this one may have stored and could not publish.
    await this.storage.discard(objectPrefix(attempt.export.id)).catch((error: unknown) => {
      this.logger.warn('What a failed export left could not be removed', { reason: String(error) });
    });
    return true;
  }
}
