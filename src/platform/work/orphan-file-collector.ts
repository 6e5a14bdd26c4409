import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { toError } from '../async';
import { recordAudit } from '../audit/audit-log';
import { Config } from '../config/config';
import { RepeatedWarnings } from '../observability/repeated-warnings';
import { PrismaService } from '../database/prisma.service';
import { FileStorage, type UnfinishedUpload } from '../storage/file-storage';
import { PeriodicTask } from './periodic-task';
import { SweepMetrics } from './sweep-metrics';
import { ClusterSchedule } from './cluster-schedule';

/** Knows which files below a prefix of the storage still belong to a record. */
export interface FileReferences {
  /** Such as `thumbnails/`. Only one module stores files below it. */
  readonly prefix: string;

  /**
   * Looks up the records of files and unfinished uploads.
   * @param settledSince records that changed later may still be writing their files, and clean up themselves
   * @returns the keys that a record names or may be writing
   */
  findReferenced(keys: readonly string[], settledSince: Date): Promise<ReadonlySet<string>>;
}

/** How many keys are in memory, and looked up, at once. */
const BATCH = 500;

/** A starting process first does the work that it is needed for. */
const FIRST_AFTER_MS = 1_000;
const MAX_PAUSE_MS = 30_000;
const MAX_INTERVAL_SECONDS = 3_600;

/**
 * Removes orphans from storage: files without a record, and uploads that were never finished. Both must be older than the
 * grace period, in which a record may still be written. The storage is listed before the records are read, so that files of
 * new records stay. Prefixes that no module registered are never touched.
 */
@Injectable()
export class OrphanFileCollector implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(OrphanFileCollector.name);
  private readonly warnings = new RepeatedWarnings(this.logger);
  private readonly references: FileReferences[] = [];
  private readonly graceSeconds: number;
  private readonly intervalSeconds: number;
  private readonly task: PeriodicTask;

  constructor(
    private readonly config: Config,
    private readonly prisma: PrismaService,
    private readonly storage: FileStorage,
    private readonly schedule: ClusterSchedule,
    private readonly metrics: SweepMetrics,
  ) {
    this.graceSeconds = config.storageSweep.graceSeconds;
    this.intervalSeconds = Math.min(this.graceSeconds, MAX_INTERVAL_SECONDS);
    const pauseMs = Math.min(this.intervalSeconds * 1000, MAX_PAUSE_MS);
    this.task = new PeriodicTask(pauseMs, (signal) => this.sweepIfDue(signal));
  }

  /** @throws Error when the prefix overlaps one that is registered already */
  register(added: FileReferences): void {
    const other = this.references.find(
      ({ prefix }) => prefix.startsWith(added.prefix) || added.prefix.startsWith(prefix),
    );
    if (other) throw new Error(`The prefixes ${other.prefix} and ${added.prefix} overlap`);
    this.references.push(added);
  }

  onApplicationBootstrap(): void {
    if (!this.config.runsJobs) return;
    this.metrics.expect('storage', 'orphan', 'upload');
    this.task.start(FIRST_AFTER_MS);
  }

  onModuleDestroy(): Promise<void> {
    return this.task.stop();
  }

  private async sweepIfDue(signal: AbortSignal): Promise<void> {
    try {
      const now = await this.schedule.tryAcquire('storage', this.intervalSeconds);
      if (now) await this.metrics.count('storage', () => this.sweep(now, signal));
    } catch (error) {
      this.warnings.report('Orphaned files could not be collected; the sweep is retried', error, {
        event: 'orphan_files.sweep_failed',
      });
    }
  }

  private async sweep(now: Date, signal: AbortSignal): Promise<boolean> {
    const before = new Date(now.getTime() - this.graceSeconds * 1000);
    const found = new Findings();
    try {
      for (const owner of this.references) {
        await this.removeFiles(owner, before, found, signal);
        await this.removeUploads(owner, before, found, signal);
      }
    } finally {
      await this.report(found);
    }
    return found.refused === 0;
  }

  private async removeFiles(owner: FileReferences, before: Date, found: Findings, signal: AbortSignal): Promise<void> {
    const old = this.storage.list(owner.prefix);
    for await (const files of batchesOf(old, BATCH, ({ modifiedAt }) => modifiedAt < before)) {
      if (signal.aborted) return;
      const referenced = await owner.findReferenced(
        files.map(({ key }) => key),
        before,
      );
      const orphans = files.filter(({ key }) => !referenced.has(key));
      const refused = await this.storage.deleteAll(orphans.map(({ key }) => key));
      for (const { key, size } of orphans) {
        if (!refused.has(key)) found.addFile(owner.prefix, size);
      }
      this.warn(refused, found);
      this.metrics.removed('orphan', orphans.length - refused.size);
    }
  }

  private async removeUploads(
    owner: FileReferences,
    before: Date,
    found: Findings,
    signal: AbortSignal,
  ): Promise<void> {
    const old = this.storage.listUploads(owner.prefix);
    for await (const uploads of batchesOf(old, BATCH, ({ lastSeenAt }) => lastSeenAt < before)) {
      if (signal.aborted) return;
      const referenced = await owner.findReferenced(
        uploads.map(({ key }) => key),
        before,
      );
      for (const upload of uploads) {
        if (!referenced.has(upload.key)) await this.removeUpload(upload, found);
      }
    }
  }

  private async removeUpload(upload: UnfinishedUpload, found: Findings): Promise<void> {
    try {
      if (!(await this.storage.discardUpload(upload))) return;
      found.uploads++;
      this.metrics.removed('upload', 1);
    } catch (error) {
      this.warn(new Map([[upload.key, toError(error)]]), found);
    }
  }

  private warn(refused: ReadonlyMap<string, Error>, found: Findings): void {
    const [first] = refused.values();
    if (!first) return;
    found.refused += refused.size;
    this.logger.warn('Orphaned files could not be removed', {
      event: 'orphan_files.not_removed',
      count: refused.size,
      reason: first.message,
    });
  }

  private async report({ files, bytes, uploads }: Findings): Promise<void> {
    if (files.size === 0 && uploads === 0) return;
    const details = { ...Object.fromEntries(files), uploads, bytes };
    this.logger.log('Orphaned files were removed', { event: 'orphan_files.removed', ...details });
    await recordAudit(this.prisma, { action: 'storage.swept', userId: null, tenantId: null, details });
  }
}

/** What one sweep found. */
class Findings {
  /** The number of removed files by prefix. */
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

/** Groups the elements that pass into batches. */
async function* batchesOf<Element>(
  elements: AsyncIterable<Element>,
  size: number,
  passes: (element: Element) => boolean,
): AsyncGenerator<Element[]> {
  let batch: Element[] = [];
  for await (const element of elements) {
    if (!passes(element)) continue;
    batch.push(element);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
