import { Injectable } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import { Metrics } from '../observability/metrics';

/** Metrics of the sweeps of this process. Each sweep chooses its name, and the names of what it removes. */
@Injectable()
export class SweepMetrics {
  private readonly sweeps: Counter<'sweep' | 'outcome'>;
  private readonly duration: Histogram<'sweep'>;
  private readonly swept: Counter<'kind'>;

  constructor({ registry }: Metrics) {
    const registers = [registry];
    this.sweeps = new Counter({
      name: 'sweeps_total',
      help: 'Sweeps of this process that ended, by outcome',
      labelNames: ['sweep', 'outcome'],
      registers,
    });
    this.duration = new Histogram({
      name: 'sweep_duration_seconds',
      help: 'How long a sweep took',
      labelNames: ['sweep'],
      buckets: [0.01, 0.1, 1, 10, 60, 600, 3600],
      registers,
    });
    this.swept = new Counter({
      name: 'sweep_removed_total',
      help: 'Files that sweeps removed from storage: of expired exports, orphaned files and abandoned uploads',
      labelNames: ['kind'],
      registers,
    });
  }

  /** Exports the series of a sweep before its first run: a sweep that never runs differs from one that does not exist. */
  expect(sweep: string, ...kinds: readonly string[]): void {
    for (const outcome of ['completed', 'failed']) this.sweeps.inc({ sweep, outcome }, 0);
    for (const kind of kinds) this.swept.inc({ kind }, 0);
  }

  /** Counts and times a sweep. @returns whether it completed @throws what it throws */
  async count(sweep: string, work: () => Promise<boolean>): Promise<boolean> {
    const stop = this.duration.startTimer({ sweep });
    let completed = false;
    try {
      completed = await work();
      return completed;
    } finally {
      stop();
      this.sweeps.inc({ sweep, outcome: completed ? 'completed' : 'failed' });
    }
  }

  removed(kind: string, count: number): void {
    this.swept.inc({ kind }, count);
  }
}
