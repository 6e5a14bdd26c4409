import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { RepeatedWarnings } from '../../../platform/observability/repeated-warnings';
import { FileStorage } from '../../../platform/storage/file-storage';
import { SweepMetrics } from '../../../platform/work/sweep-metrics';
import { PeriodicTask } from '../../../platform/work/periodic-task';
import { MaintenanceRepository } from '../domain/interfaces/maintenance.repository';
import { objectPrefix } from '../domain/object-key';
import { ExportAnnouncer } from './export-announcer';
import { ExportMetrics } from './export-metrics';
import { ExportRunner } from './export-runner';

/** Processes of an earlier version are there while a new one is rolled out: they are looked after once in so many rounds. */
const ROUNDS_BETWEEN_UNTOLD = 5;

/** Puts right what faults left behind. The records are the truth; everything else follows them, sooner or later. */
@Injectable()
export class ExportSweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ExportSweep.name);
  private readonly warnings = new RepeatedWarnings(this.logger);
  private untoldIn = 0;
  private readonly rounds: PeriodicTask;

  constructor(
    private readonly config: Config,
    private readonly maintenance: MaintenanceRepository,
    private readonly announcer: ExportAnnouncer,
    private readonly runner: ExportRunner,
    private readonly storage: FileStorage,
    private readonly metrics: ExportMetrics,
    private readonly sweeps: SweepMetrics,
  ) {
    this.rounds = new PeriodicTask(config.pollIntervalMs, () => this.sweep());
  }

  onApplicationBootstrap(): void {
    if (!this.config.runsJobs) return;
    this.sweeps.expect('exports');
    this.rounds.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.rounds.stop();
  }

  /** One round. A step that fails is tried again in the next round, and does not hold up the others. */
  private async sweep(): Promise<void> {
    await this.sweeps.count('exports', async () => {
      const steps = [
        await this.step('reclaim exports from silent workers', () => this.requeueStalled()),
        await this.step('remind the queue of waiting exports', () => this.remindQueue()),
        await this.step('wake a worker for a waiting export', () => this.runner.wakeForNext()),
        await this.step('conclude downloads of processes that ended', () => this.finalizeInterruptedDownloads()),
        await this.step('tell of exports that ended untold', () => this.enqueueMissingNotifications()),
        await this.step('forget old idempotency keys', () => this.maintenance.forgetIdempotencyKeys()),
        await this.step('forget old uses of rate limits', () => this.maintenance.forgetRateLimitUses()),
      ];
      return steps.every((wentWell) => wentWell);
    });
  }

  private async requeueStalled(): Promise<void> {
    for (const reclaimed of await this.maintenance.requeueStalled()) {
      const { id, status } = reclaimed;
      this.logger.warn('A worker went silent: its export was taken from it', { export_id: id, status });
      this.metrics.attemptEnded('lost');
      if (status !== 'failed') continue;
      this.metrics.failed(reclaimed);
      // A further attempt would clear this away itself; after the last one nobody else does.
      await this.storage.discard(objectPrefix(id));
    }
  }

  private async remindQueue(): Promise<void> {
    const overdue = await this.maintenance.claimOverdue();
    if (overdue.length > 0) await this.announcer.announce(...overdue);
  }

  private async enqueueMissingNotifications(): Promise<void> {
    if (this.untoldIn-- > 0) return;
    this.untoldIn = ROUNDS_BETWEEN_UNTOLD - 1;
    const told = await this.maintenance.enqueueMissingNotifications();
    if (told > 0) this.logger.warn('Exports were ended by processes that tell nobody: it is told now', { count: told });
  }

  private async finalizeInterruptedDownloads(): Promise<void> {
    const concluded = await this.maintenance.finalizeInterruptedDownloads();
    if (concluded > 0) this.logger.warn('One-time downloads ended with their process, and count', { count: concluded });
  }

  /** @returns whether it went well */
  private async step(name: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.warnings.report(`Could not ${name}; it is tried again`, error);
      return false;
    }
  }
}
