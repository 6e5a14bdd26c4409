import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { RepeatedWarnings } from '../../../platform/observability/repeated-warnings';
import { FileStorage } from '../../../platform/storage/file-storage';
import { SweepMetrics } from '../../../platform/work/sweep-metrics';
import { PeriodicTask } from '../../../platform/work/periodic-task';
import { MaintenanceRepository } from '../domain/interfaces/maintenance.repository';

/**
 * Ends exports whose time is over, and deletes the files of those that ended so, by whomever. It has rounds of its own: many
 * files must not hold up those who wait for a worker.
 */
@Injectable()
export class FileExpiry implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(FileExpiry.name);
  private readonly warnings = new RepeatedWarnings(this.logger);
  private readonly rounds: PeriodicTask;

  constructor(
    private readonly config: Config,
    private readonly maintenance: MaintenanceRepository,
    private readonly storage: FileStorage,
    private readonly metrics: SweepMetrics,
  ) {
    this.rounds = new PeriodicTask(config.pollIntervalMs, (signal) => this.round(signal));
  }

  onApplicationBootstrap(): void {
    if (!this.config.runsJobs) return;
    this.metrics.expect('expiry', 'expired');
    this.rounds.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.rounds.stop();
  }

  private async round(signal: AbortSignal): Promise<void> {
    try {
      await this.metrics.count('expiry', async () => {
        await this.expire(signal);
        return this.deleteFiles(signal);
      });
    } catch (error) {
      this.warnings.report('Old files could not be expired; it is tried again', error);
    }
  }

  private async expire(signal: AbortSignal): Promise<void> {
    let total = 0;
    for (let some = 1; some > 0 && !signal.aborted; total += some) some = await this.maintenance.expireOverdue();
    if (total > 0) this.logger.log('Exports expired', { count: total });
  }

  /** @returns whether no file is left */
  private async deleteFiles(signal: AbortSignal): Promise<boolean> {
    const left = new Map<string, Error>();
    let objects = await this.maintenance.findDeletable(null);
    while (objects.length > 0 && !signal.aborted) {
      const refused = await this.storage.deleteAll(objects.map(({ key }) => key));
      const gone = objects.filter(({ key }) => !refused.has(key));
      this.metrics.removed('expired', await this.maintenance.clearStorageKeys(...gone));
      for (const [key, reason] of refused) left.set(key, reason);
      // Behind those that could not be deleted, there are others.
      objects = await this.maintenance.findDeletable(objects.at(-1)?.exportId ?? null);
    }
    const [first] = left.values();
    if (!first) return true;
    const about = { count: left.size, reason: first.message };
    this.logger.warn('Files of expired exports could not be deleted; it is tried again', about);
    return false;
  }
}
