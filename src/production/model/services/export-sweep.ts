import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { RepeatedWarnings } from '../../../platform/observability/repeated-warnings';
import { FileStorage } from '../../../platform/storage/file-storage';
import { PeriodicTask } from '../../../platform/work/periodic-task';
import { SweepMetrics } from '../../../platform/work/sweep-metrics';
import { DownloadLeaseRepository, ExportService } from '../../../export';
import { objectPrefix } from '../../../export/sources';
import { MaintenanceRepository } from '../domain/interfaces/maintenance.repository';
import { PartRepository } from '../domain/interfaces/part.repository';
import { ProductionMetrics } from './production-metrics';
import { ExportRunner } from './export-runner';
import { PartRunner } from './part-runner';

/** Missing notifications come only from processes of an earlier version, during an upgrade. */
const ROUNDS_PER_NOTIFICATION_CHECK = 5;

/** Rows that only take space can wait. */
const ROUNDS_PER_CLEAN_UP = 10;

/** Repairs what faults leave behind: the records are the truth, and queue, storage and outbox follow them. */
@Injectable()
export class ExportSweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ExportSweep.name);
  private readonly warnings = new RepeatedWarnings(this.logger);
  private readonly task: PeriodicTask;
  private round = 0;

  constructor(
    private readonly config: Config,
    private readonly maintenance: MaintenanceRepository,
    private readonly exports: ExportService,
    private readonly runner: ExportRunner,
    private readonly partRunner: PartRunner,
    private readonly parts: PartRepository,
    private readonly downloads: DownloadLeaseRepository,
    private readonly storage: FileStorage,
    private readonly metrics: ProductionMetrics,
    private readonly sweeps: SweepMetrics,
  ) {
    this.task = new PeriodicTask(config.pollIntervalMs, () => this.sweep());
  }

  onApplicationBootstrap(): void {
    if (!this.config.runsJobs) return;
    this.sweeps.expect('exports');
    this.task.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.task.stop();
  }

  /** A step that fails does not stop the others. The next round tries it again. */
  private async sweep(): Promise<void> {
    await this.sweeps.count('exports', async () => {
      const steps = [
        await this.step('requeue stalled exports', () => this.requeueStalled()),
        await this.step('add overdue exports to the queue', () => this.enqueueOverdue()),
        await this.step('wake a worker for a pending export', () => this.runner.wakeForNext()),
        await this.step('make waiting parts of exports', () => this.partRunner.begin()),
        await this.step('delete the parts of ended attempts', () => this.parts.forgetEnded()),
        await this.step('finalize interrupted downloads', () => this.finalizeInterruptedDownloads()),
        await this.step('enqueue missing notifications', () => this.enqueueMissingNotifications()),
      ];
      if (this.round % ROUNDS_PER_CLEAN_UP === 0) {
        steps.push(
          await this.step('delete old idempotency keys', () => this.maintenance.forgetIdempotencyKeys()),
          await this.step('delete old uses of rate limits', () => this.maintenance.forgetRateLimitUses()),
        );
      }
      this.round += 1;
      return steps.every((isDone) => isDone);
    });
  }

  private async requeueStalled(): Promise<void> {
    for (const stalled of await this.maintenance.requeueStalled()) {
      const { id, status } = stalled;
      this.logger.warn('A worker sent no heartbeats, and lost its export', {
        event: 'export.attempt_lost',
        export_id: id,
        status,
      });
      this.metrics.attemptEnded('lost');
      if (status !== 'failed') continue;
      this.metrics.failed(stalled);
      // The next attempt would delete these files, but there is none.
      await this.storage.discard(objectPrefix(id));
    }
  }

  private async enqueueOverdue(): Promise<void> {
    const overdue = await this.maintenance.claimOverdue();
    if (overdue.length > 0) await this.exports.enqueue(...overdue);
  }

  private async enqueueMissingNotifications(): Promise<void> {
    if (this.round % ROUNDS_PER_NOTIFICATION_CHECK !== 0) return;
    const count = await this.maintenance.enqueueMissingNotifications();
    if (count === 0) return;
    this.logger.warn('Notifications that an earlier version left out were enqueued', {
      event: 'export.missing_notifications_enqueued',
      count,
    });
  }

  private async finalizeInterruptedDownloads(): Promise<void> {
    const count = await this.downloads.finalizeInterrupted();
    if (count === 0) return;
    this.logger.warn('Downloads of one-time files whose process died count as complete', {
      event: 'export.interrupted_downloads_finalized',
      count,
    });
  }

  /** @returns whether it succeeded */
  private async step(name: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.warnings.report(`Could not ${name}; it is tried again`, error, { event: 'export.sweep_step_failed' });
      return false;
    }
  }
}
