import { Injectable } from '@nestjs/common';
import { Counter, Histogram, Gauge } from 'prom-client';
import { Metrics } from '../../../platform/observability/metrics';
import type { Principal } from '../../../platform/auth/principal';
import { credentialTypeOf } from '../domain/downloads';
import type { Export, FinishedFile } from '../domain/export';
import { CoalescedQuery } from '../../../platform/observability/coalesced-query';
import { MaintenanceRepository } from '../domain/interfaces/maintenance.repository';

export type AttemptOutcome = 'completed' | 'failed' | 'retried' | 'handed-back' | 'lost';

/** Counts the outcomes of this process's work on exports. */
@Injectable()
export class ExportMetrics {
  private readonly outcomes: Counter<'kind' | 'format' | 'outcome'>;
  private readonly duration: Histogram<'kind' | 'format'>;
  private readonly bytes: Counter<'kind' | 'format'>;
  private readonly rows: Counter<'kind' | 'format'>;
  private readonly leases: Counter<'outcome'>;
  private readonly attempts: Counter<'outcome'>;
  private readonly downloads: Counter<'way'>;

  constructor({ registry }: Metrics) {
    const registers = [registry];
    this.outcomes = new Counter({
      name: 'exports_total',
      help: 'Exports that ended, by outcome',
      labelNames: ['kind', 'format', 'outcome'],
      registers,
    });
    this.duration = new Histogram({
      name: 'export_duration_seconds',
      help: 'Time from the beginning of the successful attempt to the stored file, or to the last byte of a streamed one',
      labelNames: ['kind', 'format'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800],
      registers,
    });
    this.bytes = new Counter({
      name: 'export_bytes_total',
      help: 'Bytes of completed exports',
      labelNames: ['kind', 'format'],
      registers,
    });
    this.rows = new Counter({
      name: 'export_rows_total',
      help: 'Rows of completed exports',
      labelNames: ['kind', 'format'],
      registers,
    });
    this.leases = new Counter({
      name: 'export_one_time_downloads_total',
      help: 'One-time downloads that ended in this process, by outcome',
      labelNames: ['outcome'],
      registers,
    });
    this.attempts = new Counter({
      name: 'export_attempts_total',
      help: 'Attempts at exports that ended, by outcome',
      labelNames: ['outcome'],
      registers,
    });
    this.downloads = new Counter({
      name: 'export_downloads_total',
      help: 'Complete downloads, by how the reader proved a right to them',
      labelNames: ['way'],
      registers,
    });
  }

  /** A lost attempt was taken from a worker without a heartbeat. */
  attemptEnded(outcome: AttemptOutcome, count = 1): void {
    this.attempts.inc({ outcome }, count);
  }

  /** A file was downloaded completely, or its client was redirected to the storage. */
  downloaded(by: Principal | null): void {
    this.downloads.inc({ way: credentialTypeOf(by) });
  }

  /** The outcome of a one-time download. It is refused during another client's download. */
  oneTimeDownloadEnded(outcome: 'given-out' | 'broken-off' | 'refused'): void {
    this.leases.inc({ outcome });
  }

  /** @param seconds `null` for an uploaded file */
  completed({ kind, format }: Export, { size, recordCount }: FinishedFile, seconds: number | null): void {
    this.outcomes.inc({ kind, format, outcome: 'completed' });
    if (seconds !== null) this.duration.observe({ kind, format }, seconds);
    this.bytes.inc({ kind, format }, size);
    if (recordCount !== null) this.rows.inc({ kind, format }, recordCount);
  }

  failed({ kind, format }: Export): void {
    this.outcomes.inc({ kind, format, outcome: 'failed' });
  }

  cancelled({ kind, format }: Export): void {
    this.outcomes.inc({ kind, format, outcome: 'cancelled' });
  }
}

/**
 * Gauges of the unfinished exports, read from the records when a scrape comes: correct while the queue is down, and the
 * same in every process. While the database is down the series are absent.
 */
@Injectable()
export class BacklogMetrics {
  constructor({ registry }: Metrics, maintenance: MaintenanceRepository) {
    const backlog = new CoalescedQuery(() => maintenance.backlog());
    new Gauge({
      name: 'exports_unfinished',
      help: 'Exports that are waiting or being worked on, in all processes together',
      labelNames: ['status'],
      registers: [registry],
      async collect() {
        this.reset();
        const found = await backlog.get();
        if (!found) return;
        this.set({ status: 'pending' }, found.pending);
        this.set({ status: 'processing' }, found.processing);
      },
    });
    new Gauge({
      name: 'exports_oldest_waiting_seconds',
      help: 'For how long the export that has waited longest has been waiting; 0 where none is',
      registers: [registry],
      async collect() {
        this.remove();
        const found = await backlog.get();
        if (found) this.set(found.oldestWaitingSeconds);
      },
    });
  }
}
