import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { recordAudit } from '../audit/audit-log';
import { Config } from '../config/config';
import { RepeatedWarnings } from '../observability/repeated-warnings';
import { PrismaService } from '../database/prisma.service';
import { FileStorage, type UnfinishedUpload } from '../storage/file-storage';
import { PeriodicTask } from './periodic-task';
import { batchesOf } from './batches';
import type { FileReferences } from './file-references';
import { SweepMetrics } from './sweep-metrics';
import { ClusterSchedule } from './cluster-schedule';

/** So many keys are in memory, and asked about, at once. */
const BATCH = 500;

/** After the start, so that a process that is needed for something does that first. */
const FIRST_AFTER_MS = 1_000;
const MAX_PAUSE_MS = 30_000;
const MAX_INTERVAL_SECONDS = 3_600;

/**
 * Removes what faults left in storage: files that no record stands for, and uploads that were never finished. Both must be
 * older than the grace period, in which a record may still come; and the records are asked after the storage, so that what
 * they come to name meanwhile stays. What lies below nobody's prefix is never looked at.
 */
@Injectable()
export class OrphanFileCollector implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(OrphanFileCollector.name);
  private readonly warnings = new RepeatedWarnings(this.logger);
  private readonly keepers: FileReferences[] = [];
  private readonly graceSeconds: number;
  private readonly intervalSeconds: number;
  private readonly rounds: PeriodicTask;

  constructor(
    private readonly config: Config,
    private readonly prisma: PrismaService,
    private readonly storage: FileStorage,
    private readonly turns: ClusterSchedule,
    private readonly metrics: SweepMetrics,
  ) {
    this.graceSeconds = config.storageSweep.graceSeconds;
    this.intervalSeconds = Math.min(this.graceSeconds, MAX_INTERVAL_SECONDS);
    const pauseMs = Math.min(this.intervalSeconds * 1000, MAX_PAUSE_MS);
    this.rounds = new PeriodicTask(pauseMs, (signal) => this.sweepInTurn(signal));
  }

  /** @throws when the prefix, or a part of it, has a keeper already */
  register(keeper: FileReferences): void {
    const other = this.keepers.find(
      ({ prefix }) => prefix.startsWith(keeper.prefix) || keeper.prefix.startsWith(prefix),
    );
    if (other) throw new Error(`Files below ${keeper.prefix} have two keepers`);
    this.keepers.push(keeper);
  }

  onApplicationBootstrap(): void {
    if (!this.config.runsJobs) return;
    this.metrics.expect('storage', 'orphan', 'upload');
    this.rounds.start(FIRST_AFTER_MS);
  }

  onModuleDestroy(): Promise<void> {
    return this.rounds.stop();
  }

  private async sweepInTurn(signal: AbortSignal): Promise<void> {
    try {
      const now = await this.turns.take('storage', this.intervalSeconds);
      if (now) await this.metrics.count('storage', () => this.sweep(now, signal));
    } catch (error) {
      this.warnings.report('The storage could not be swept; it is tried again', error);
    }
  }

  private async sweep(now: Date, signal: AbortSignal): Promise<boolean> {
    const before = new Date(now.getTime() - this.graceSeconds * 1000);
    const found = new Findings();
    try {
      for (const keeper of this.keepers) {
        await this.removeFiles(keeper, before, found, signal);
        await this.removeUploads(keeper, before, found, signal);
      }
    } finally {
      await this.tell(found);
    }
    return found.refused === 0;
  }

  private async removeFiles(keeper: FileReferences, before: Date, found: Findings, signal: AbortSignal): Promise<void> {
    const old = this.storage.list(keeper.prefix);
    for await (const files of batchesOf(old, BATCH, ({ modifiedAt }) => modifiedAt < before)) {
      if (signal.aborted) return;
      const kept = await keeper.findReferenced(
        files.map(({ key }) => key),
        before,
      );
      const orphans = files.filter(({ key }) => !kept.has(key));
      const refused = await this.storage.deleteAll(orphans.map(({ key }) => key));
      for (const { key, size } of orphans) {
        if (!refused.has(key)) found.addFile(keeper.prefix, size);
      }
      this.complain(refused, found);
      this.metrics.removed('orphan', orphans.length - refused.size);
    }
  }

  private async removeUploads(
    keeper: FileReferences,
    before: Date,
    found: Findings,
    signal: AbortSignal,
  ): Promise<void> {
    const old = this.storage.listUploads(keeper.prefix);
    for await (const uploads of batchesOf(old, BATCH, ({ lastSeenAt }) => lastSeenAt < before)) {
      if (signal.aborted) return;
      const kept = await keeper.findReferenced(
        uploads.map(({ key }) => key),
        before,
      );
      for (const upload of uploads) {
        if (!kept.has(upload.key)) await this.removeUpload(upload, found);
      }
    }
  }

  private async removeUpload(upload: UnfinishedUpload, found: Findings): Promise<void> {
    try {
      if (!(await this.storage.discardUpload(upload))) return;
      found.uploads++;
      this.metrics.removed('upload', 1);
    } catch (error) {
      this.complain(new Map([[upload.key, error instanceof Error ? error : new Error(String(error))]]), found);
    }
  }

  private complain(refused: ReadonlyMap<string, Error>, found: Findings): void {
    const [first] = refused.values();
    if (!first) return;
    found.refused += refused.size;
    this.logger.warn('What nothing stands for could not be removed', { count: refused.size, reason: first.message });
  }

  private async tell({ files, bytes, uploads }: Findings): Promise<void> {
    if (files.size === 0 && uploads === 0) return;
    const details = { ...Object.fromEntries(files), uploads, bytes };
    this.logger.log('The storage was swept: what nothing stood for is removed', details);
    await recordAudit(this.prisma, { action: 'storage.swept', userId: null, tenantId: null, details });
  }
}

/** What one sweep removed. */
class Findings {
  /** How many files, by the first part of their keys. */
  readonly files = new Map<string, number>();
  bytes = 0;
  uploads = 0;
  refused = 0;

  addFile(prefix: string, size: number): void {
    const kind = prefix.replace(/\/$/, '');
    this.files.set(kind, (this.files.get(kind) ?? 0) + 1);
    this.bytes += size;
  }
}
