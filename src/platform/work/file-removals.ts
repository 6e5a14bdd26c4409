import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Config } from '../config/config';
import { RepeatedWarnings } from '../observability/repeated-warnings';
import { PrismaService, type Transaction } from '../database/prisma.service';
import { FileStorage } from '../storage/file-storage';
import { assertDiscardablePrefix } from '../storage/storage-key';
import { PeriodicTask } from './periodic-task';
import { SweepMetrics } from './sweep-metrics';

const BATCH = 100;
/** A removal that failed, or whose process ended, is due again after this time. */
const RETRY_SECONDS = 30;
/** Random extra delay, so that files that cannot be removed do not always come before the same others. */
const RETRY_JITTER_SECONDS = 10;
/** After this many failures in a row the storage counts as unreachable, and the batch ends. */
const MAX_FAILURES = 5;

interface FileRemoval {
  readonly id: string;
  readonly prefix: string;
}

/**
 * Schedules the removal of all files and unfinished uploads whose keys start with `prefix`. Call it in the transaction that
 * makes the files unreachable.
 */
export async function scheduleFileRemoval(transaction: Transaction, prefix: string): Promise<void> {
  assertDiscardablePrefix(prefix);
  await transaction.fileRemoval.create({ data: { id: uuidv7(), prefix } });
}

/** Removes scheduled files in the background, and retries until they are gone. */
@Injectable()
export class FileRemovals implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly warnings = new RepeatedWarnings(new Logger(FileRemovals.name));
  private readonly task: PeriodicTask;

  constructor(
    private readonly config: Config,
    private readonly prisma: PrismaService,
    private readonly storage: FileStorage,
    private readonly metrics: SweepMetrics,
  ) {
    this.task = new PeriodicTask(config.pollIntervalMs, (signal) => this.removeDue(signal));
  }

  onApplicationBootstrap(): void {
    if (!this.config.runsJobs) return;
    this.metrics.expect('removals');
    this.task.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.task.stop();
  }

  private async removeDue(signal: AbortSignal): Promise<void> {
    try {
      await this.metrics.count('removals', async () => {
        for (let due = await this.claimDue(); due.length > 0; due = await this.claimDue()) {
          if (!(await this.removeAll(due, signal))) return false;
        }
        return true;
      });
    } catch (error) {
      this.warn(error);
    }
  }

  /** @returns whether to continue with the next batch */
  private async removeAll(due: readonly FileRemoval[], signal: AbortSignal): Promise<boolean> {
    let failures = 0;
    for (const { id, prefix } of due) {
      if (signal.aborted || failures === MAX_FAILURES) return false;
      try {
        await this.storage.discard(prefix);
        await this.prisma.fileRemoval.deleteMany({ where: { id } });
        failures = 0;
      } catch (error) {
        failures += 1;
        this.warn(error, prefix);
      }
    }
    return true;
  }

  private warn(error: unknown, prefix?: string): void {
    const details = { event: 'file_removals.failed', ...(prefix !== undefined && { prefix }) };
    this.warnings.report('Deleted files could not be removed; the removal is retried', error, details);
  }

  private claimDue(): Promise<FileRemoval[]> {
    return this.prisma.$queryRaw<FileRemoval[]>`
      UPDATE file_removals SET due_at = now() + make_interval(secs => ${RETRY_SECONDS} + ${RETRY_JITTER_SECONDS} * random())
      WHERE id IN (SELECT id FROM file_removals WHERE due_at <= now()
                   ORDER BY due_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
      RETURNING id, prefix`;
  }
}
