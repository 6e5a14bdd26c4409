import { Injectable, Logger } from '@nestjs/common';
import { errorMessage, toError } from '../../../platform/async';
import { Config } from '../../../platform/config/config';
import { DomainError } from '../../../platform/errors/domain-error';
import { RequestContext } from '../../../platform/observability/request-context';
import { FileStorage } from '../../../platform/storage/file-storage';
import { RunningWork } from '../../../platform/work/running-work';
import { pauseAfter } from '../domain/attempt-limits';
import { NOT_PRODUCED, NOT_STORED } from '../domain/export-faults';
import { SnapshotNotSharedError } from '../../../export/sources';
import { AttemptRepository } from '../domain/interfaces/attempt.repository';
import { DividedProduction } from '../domain/interfaces/divided-production';
import { PartRepository } from '../domain/interfaces/part.repository';
import { type ClaimedPart, MAX_PART_ATTEMPTS } from '../domain/part';
import { isStorageFault } from '../domain/interfaces/production';
import { ExportSlots } from './export-slots';
import { PartLease } from './part-lease';

/** Makes parts of exports that any worker leads, each attempt to its end, a retry or a hand-back. */
@Injectable()
export class PartRunner {
  private readonly logger = new Logger(PartRunner.name);

  constructor(
    private readonly parts: PartRepository,
    private readonly attempts: AttemptRepository,
    private readonly production: DividedProduction,
    private readonly slots: ExportSlots,
    private readonly storage: FileStorage,
    private readonly running: RunningWork,
    private readonly config: Config,
  ) {}

  /**
   * Runs parts while there are some and no export waits for the slot.
   * @param ending aborts when the process must stop; the part is then handed back
   */
  async runNext(ending: AbortSignal): Promise<void> {
    const run = (part: ClaimedPart) => {
      const { id: exportId, requestId } = part.export;
      const context = { requestId, logFields: { export_id: exportId } };
      return RequestContext.run(context, () => this.carryOut(part, this.production, ending));
    };
    while (!ending.aborted && (await this.slots.fillWithPart(() => this.parts.claimNext(), run))) {
      const { free } = this.slots;
      if (free && (await this.attempts.findNext(free)) !== null) return;
    }
  }

  /** Begins to run parts, if there are some and this process has a free slot. */
  async begin(): Promise<void> {
    if ((await this.parts.findNext()) === null) return;
    const { ending } = this.running;
    const work = this.runNext(ending).catch((error: unknown) => {
      this.logger.warn('Parts could not be claimed; the sweep tries again', {
        event: 'export.parts_not_claimed',
        reason: errorMessage(error),
      });
    });
    void this.running.add(work);
  }

  /**
   * Runs one attempt at a part.
   * @param production makes it
   * @param ending aborts when the part has to be handed back
   */
  async carryOut(
    part: ClaimedPart,
    production: Pick<DividedProduction, 'produce'>,
    ending: AbortSignal,
  ): Promise<void> {
    const lease = new PartLease(part, this.parts, this.config.exports.leaseSeconds * 1000);
    const startedAt = performance.now();
    try {
      const finished = await production.produce(part, lease.report, AbortSignal.any([lease.signal, ending]));
      if (await this.parts.finish(part, finished)) {
        const milliseconds = Math.round(performance.now() - startedAt);
        const figures = { part: part.number, files: finished.files.length, milliseconds };
        this.logger.log('Part completed', { event: 'export.part_completed', ...figures });
      } else {
        this.logger.log('Part was taken away before it was finished: its files are removed', LOST);
        await this.storage.deleteAll(finished.files.map(({ key }) => key));
      }
    } catch (error) {
      await this.conclude(part, error, lease, ending);
    } finally {
      lease.release();
    }
  }

  private async conclude(part: ClaimedPart, error: unknown, lease: PartLease, ending: AbortSignal): Promise<void> {
    if (lease.isLost) {
      this.logger.log('The export was cancelled, or the part was taken over: the attempt has ended', LOST);
    } else if (ending.aborted) {
      await this.parts.handBack(part, true);
    } else if (error instanceof SnapshotNotSharedError) {
      const details = { event: 'export.part_not_readable', part: part.number, reason: error.message };
      this.logger.log('This process cannot read the part: it is left to the leader', details);
      await this.parts.handBack(part, false);
    } else if (error instanceof DomainError) {
      await this.parts.fail(part, { code: error.code, reason: error.summary, isPermanent: true });
    } else {
      const failure = { ...(isStorageFault(error) ? NOT_STORED : NOT_PRODUCED), isPermanent: false };
      await this.parts.retryLater(part, pauseAfter(part.attempt), failure);
      const { message, stack } = toError(error);
      this.logger.warn(`Attempt ${part.attempt} of ${MAX_PART_ATTEMPTS} at part ${part.number} failed`, {
        event: 'export.part_attempt_failed',
        part: part.number,
        reason: message,
        stack,
      });
    }
  }
}

const LOST = { event: 'export.part_lost' };
