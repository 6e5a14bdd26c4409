import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'prom-client';
import { CoalescedQuery } from '../../../platform/observability/coalesced-query';
import { Metrics } from '../../../platform/observability/metrics';
import { type Export, ExportMetrics } from '../../../export';
import type { FinishedFile } from '../domain/finished-file';
import { MaintenanceRepository } from '../domain/interfaces/maintenance.repository';

export type AttemptOutcome = 'completed' | 'failed' | 'retried' | 'handed-back' | 'lost';

/** Counts what this process produced. */
@Injectable()
export class ProductionMetrics {
  private readonly duration: Histogram<'kind' | 'format'>;
  private readonly bytes: Counter<'kind' | 'format'>;
  private readonly rows: Counter<'kind' | 'format'>;
  private readonly attempts: Counter<'outcome'>;

  constructor(
    { registry }: Metrics,
    private readonly exports: ExportMetrics,
  ) {
    const registers = [registry];
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
    this.attempts = new Counter({
      name: 'export_attempts_total',
      help: 'Attempts at exports that ended, by outcome',
      labelNames: ['outcome'],
      registers,
    });
  }

  /** A lost attempt was taken from a worker without a heartbeat. */
  attemptEnded(outcome: AttemptOutcome, count = 1): void {
    this.attempts.inc({ outcome }, count);
  }

  /** @param seconds `null` for an uploaded file */
  completed(source: Export, { size, recordCount }: FinishedFile, seconds: number | null): void {
    const { kind, format } = source;
    this.exports.ended(source, 'completed');
    if (seconds !== null) this.duration.observe({ kind, format }, seconds);
    this.bytes.inc({ kind, format }, size);
    if (recordCount !== null) this.rows.inc({ kind, format }, recordCount);
  }

  failed(source: Export): void {
    this.exports.ended(source, 'failed');
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
