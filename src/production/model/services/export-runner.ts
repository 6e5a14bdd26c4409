import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import type { Progress } from '../../../formats';
import { DomainError } from '../../../platform/errors/domain-error';
import { RequestContext } from '../../../platform/observability/request-context';
import { FileStorage } from '../../../platform/storage/file-storage';
import { MAX_ATTEMPTS, pauseAfter } from '../domain/attempt-limits';
import { type ExportFailure, ExportQueue } from '../../../export';
import { divisionOf, ExportSources, objectPrefix } from '../../../export/sources';
import { NOT_PRODUCED, NOT_STORED } from '../domain/export-faults';
import { type Attempt, AttemptRepository } from '../domain/interfaces/attempt.repository';
import { isStorageFault, Production } from '../domain/interfaces/production';
import { AttemptLease } from './attempt-lease';
import { DividedExports } from './divided-exports';
import { ProductionMetrics } from './production-metrics';
import { type ExportSlot, ExportSlots } from './export-slots';

/** Runs exports, each attempt to completion, failure, a retry or a hand-back. */
@Injectable()
export class ExportRunner {
  private readonly logger = new Logger(ExportRunner.name);

  constructor(
    private readonly attempts: AttemptRepository,
    private readonly sources: ExportSources,
    private readonly production: Production,
    private readonly divided: DividedExports,
    private readonly slots: ExportSlots,
    private readonly storage: FileStorage,
    private readonly queue: ExportQueue,
    private readonly metrics: ProductionMetrics,
    private readonly config: Config,
  ) {}

  /**
   * Runs one attempt at the next export. Does nothing when no export may start.
   * @param ending aborts when the process must stop; the export is then handed back
   */
  async runNext(ending: AbortSignal): Promise<void> {
    const hasRun = await this.slots.fill(
      (free) => this.attempts.claimNext(free),
      (attempt, slot) => {
        const { id: exportId, requestId } = attempt.export;
        const context = { requestId, logFields: { export_id: exportId } };
        return RequestContext.run(context, () => this.carryOut(attempt, slot, ending));
      },
    );
    if (!hasRun || ending.aborted) return;
    // While this export ran, jobs of exports that could not start were used up.
    await this.wakeForNext().catch((error: unknown) => {
      this.logger.warn('No worker could be woken for the next export; the sweep does it', {
        event: 'export.wake_failed',
        reason: String(error),
      });
    });
  }

  /** Wakes a worker for the next export, if this process could run it. */
  async wakeForNext(): Promise<void> {
    const { free } = this.slots;
    const next = free && (await this.attempts.findNext(free));
    if (next !== null) await this.queue.wake(next);
  }

  private async carryOut(attempt: Attempt, slot: ExportSlot, ending: AbortSignal): Promise<void> {
    const { kind, format } = attempt.export;
    this.logger.log('Export started', { event: 'export.started', kind, format, attempt: attempt.number });
    const lease = new AttemptLease(attempt, this.attempts, this.config.exports.leaseSeconds * 1000);
    try {
      await this.produceAndPublish(attempt, lease, slot, ending);
    } catch (error) {
      await this.conclude(attempt, error, { lease, slot, ending });
    } finally {
      lease.release();
    }
  }

  private async produceAndPublish(
    attempt: Attempt,
    lease: AttemptLease,
    slot: ExportSlot,
    ending: AbortSignal,
  ): Promise<void> {
    const startedAt = performance.now();
    await this.sources.authorize(attempt.export);
    const report = (progress: Progress) => {
      lease.report(progress);
      slot.note(progress);
    };
    const signal = AbortSignal.any([lease.signal, slot.outgrown, ending]);
    const production = divisionOf(attempt.export.options) ? this.divided : this.production;
    const file = await production.produce(attempt, report, signal);
    const milliseconds = Math.round(performance.now() - startedAt);
    if (await this.attempts.finish(attempt, file)) {
      const { size: bytes, recordCount: rows, warnings } = file;
      const figures = { bytes, rows, milliseconds, warnings: warnings.length };
      this.logger.log('Export completed', { event: 'export.completed', ...figures });
      this.metrics.completed(attempt.export, file, milliseconds / 1000);
      this.metrics.attemptEnded('completed');
      if (file.parts) await this.divided.removeLeftovers(attempt, file);
    } else {
      this.logger.warn('Export was taken away before its file was published: the file is removed', {
        event: 'export.attempt_lost',
      });
      if (file.object) await this.storage.deleteAll(file.parts?.map(({ key }) => key) ?? [file.object.key]);
    }
  }

  private async conclude(
    attempt: Attempt,
    error: unknown,
    { lease, slot, ending }: { lease: AttemptLease; slot: ExportSlot; ending: AbortSignal },
  ): Promise<void> {
    if (lease.isLost) {
      this.logger.log('Export was cancelled or taken over: the attempt has ended', { event: 'export.attempt_lost' });
    } else if (ending.aborted || slot.outgrown.aborted) {
      this.logger.log('Export is handed back', { event: 'export.handed_back', outgrew_slot: slot.outgrown.aborted });
      if (await this.attempts.handBack(attempt, slot.isLarge)) this.metrics.attemptEnded('handed-back');
    } else if (error instanceof DomainError) {
      await this.fail(attempt, { code: error.code, reason: error.summary });
    } else {
      await this.retryOrFail(attempt, error);
    }
  }

  private async retryOrFail(attempt: Attempt, error: unknown): Promise<void> {
    const failure = isStorageFault(error) ? NOT_STORED : NOT_PRODUCED;
    const isLast = attempt.number >= MAX_ATTEMPTS;
    const counted = isLast ? await this.fail(attempt, failure) : await this.retryLater(attempt, failure);
    const cause = error instanceof Error ? error : new Error(String(error));
    const message = `Attempt ${attempt.number} of ${MAX_ATTEMPTS} failed`;
    const details = { event: 'export.attempt_failed', reason: cause.message, stack: cause.stack };
    if (!counted) {
      // A cancelled export loses its upload while it runs: that is no fault.
      const lost = { event: 'export.attempt_lost', reason: cause.message };
      this.logger.log('Export was cancelled or taken over: the attempt has ended', lost);
    } else if (isLast) this.logger.error(message, details);
    else this.logger.warn(message, details);
  }

  private async retryLater(attempt: Attempt, failure: ExportFailure): Promise<boolean> {
    if (!(await this.attempts.retryLater(attempt, pauseAfter(attempt.number), failure))) return false;
    this.metrics.attemptEnded('retried');
    return true;
  }

  private async fail(attempt: Attempt, failure: ExportFailure): Promise<boolean> {
    if (!(await this.attempts.fail(attempt, failure))) return false;
    this.logger.warn('Export failed', { event: 'export.failed', ...failure });
    this.metrics.failed(attempt.export);
    this.metrics.attemptEnded('failed');
    // No later attempt removes what this one stored and could not publish.
    await this.storage.discard(objectPrefix(attempt.export.id)).catch((error: unknown) => {
      this.logger.warn('Files of a failed export could not be removed', {
        event: 'export.cleanup_failed',
        reason: String(error),
      });
    });
    return true;
  }
}
