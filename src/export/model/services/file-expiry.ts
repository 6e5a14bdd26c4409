import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { RepeatedWarnings } from '../../../platform/observability/repeated-warnings';
import { FileStorage } from '../../../platform/storage/file-storage';
import { PeriodicTask } from '../../../platform/work/periodic-task';
import { SweepMetrics } from '../../../platform/work/sweep-metrics';
import { toError } from '../../../platform/async';
import { objectPrefix } from '../domain/export';
import { type DeletableObject, RetentionRepository } from '../domain/interfaces/retention.repository';

/**
 * Expires exports after their retention, and deletes the files of expired exports. It is a task of its own, so that many
 * files do not delay the sweep, on which waiting exports depend.
 */
@Injectable()
export class FileExpiry implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(FileExpiry.name);
  private readonly warnings = new RepeatedWarnings(this.logger);
  private readonly task: PeriodicTask;

  constructor(
    private readonly config: Config,
    private readonly retention: RetentionRepository,
    private readonly storage: FileStorage,
    private readonly metrics: SweepMetrics,
  ) {
    this.task = new PeriodicTask(config.pollIntervalMs, (signal) => this.run(signal));
  }

  onApplicationBootstrap(): void {
    if (!this.config.runsJobs) return;
    this.metrics.expect('expiry', 'expired');
    this.task.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.task.stop();
  }

  private async run(signal: AbortSignal): Promise<void> {
    try {
      await this.metrics.count('expiry', async () => {
        await this.expire(signal);
        return this.deleteFiles(signal);
      });
    } catch (error) {
      this.warnings.report('Exports could not be expired; it is tried again', error, { event: 'export.expiry_failed' });
    }
  }

  private async expire(signal: AbortSignal): Promise<void> {
    let total = 0;
    for (let count = 1; count > 0 && !signal.aborted; total += count) count = await this.retention.expireOverdue();
    if (total > 0) this.logger.log('Exports expired', { event: 'export.expired', count: total });
  }

  /** @returns the errors of what could not be deleted, by key */
  private async delete(objects: readonly DeletableObject[]): Promise<ReadonlyMap<string, Error>> {
    const single = objects.filter(({ isDivided }) => !isDivided);
    const refused = new Map(await this.storage.deleteAll(single.map(({ key }) => key)));
    for (const { exportId, key, isDivided } of objects) {
      if (!isDivided) continue;
      await this.storage.discard(objectPrefix(exportId)).catch((error: unknown) => refused.set(key, toError(error)));
    }
    return refused;
  }

  /** @returns whether every file was deleted */
  private async deleteFiles(signal: AbortSignal): Promise<boolean> {
    const failures = new Map<string, Error>();
    let objects = await this.retention.findDeletable(null);
    while (objects.length > 0 && !signal.aborted) {
      const refused = await this.delete(objects);
      const deleted = objects.filter(({ key }) => !refused.has(key));
      this.metrics.removed('expired', await this.retention.clearStorageKeys(...deleted));
      for (const [key, reason] of refused) failures.set(key, reason);
      // Continues behind the last one: files that could not be deleted must not hide others.
      objects = await this.retention.findDeletable(objects.at(-1)?.exportId ?? null);
    }
    const [first] = failures.values();
    if (!first) return true;
    this.logger.warn('Files of expired exports could not be deleted; it is tried again', {
      event: 'export.file_not_deleted',
      count: failures.size,
      reason: first.message,
    });
    return false;
  }
}
