import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Metrics } from '../../../platform/observability/metrics';
import type { Principal } from '../../../platform/auth/principal';
import { credentialTypeOf } from '../domain/downloads';
import type { Export } from '../domain/export';

/** Counts the ends of exports and the downloads in this process. */
@Injectable()
export class ExportMetrics {
  private readonly outcomes: Counter<'kind' | 'format' | 'outcome'>;
  private readonly leases: Counter<'outcome'>;
  private readonly downloads: Counter<'way'>;

  constructor({ registry }: Metrics) {
    const registers = [registry];
    this.outcomes = new Counter({
      name: 'exports_total',
      help: 'Exports that ended, by outcome',
      labelNames: ['kind', 'format', 'outcome'],
      registers,
    });
    this.leases = new Counter({
      name: 'export_one_time_downloads_total',
      help: 'One-time downloads that ended in this process, by outcome',
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

  /** A file was downloaded completely, or its client was redirected to the storage. */
  downloaded(by: Principal | null): void {
    this.downloads.inc({ way: credentialTypeOf(by) });
  }

  /** The outcome of a one-time download. It is refused during another client's download. */
  oneTimeDownloadEnded(outcome: 'given-out' | 'broken-off' | 'refused'): void {
    this.leases.inc({ outcome });
  }

  ended({ kind, format }: Export, outcome: 'completed' | 'failed' | 'cancelled'): void {
    this.outcomes.inc({ kind, format, outcome });
  }
}
