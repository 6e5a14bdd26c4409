import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Metrics } from '../../../platform/observability/metrics';
import { type Backlog, OversightRepository } from '../domain/interfaces/oversight.repository';

/** Prometheus gives a scrape ten seconds; the other metrics must not wait for a database in trouble. */
const PATIENCE_MS = 2_000;

/**
 * What is still to be done, as the records have it when somebody asks: right also while the queue is away, and the same in
 * every process. While the records cannot be asked the series are not there.
 */
@Injectable()
export class BacklogMetrics {
  private asking: Promise<Backlog> | undefined;

  constructor(
    { registry }: Metrics,
    private readonly records: OversightRepository,
  ) {
    const backlog = () => this.read();
    new Gauge({
      name: 'exports_unfinished',
      help: 'Exports that are waiting or being worked on, in all processes together',
      labelNames: ['status'],
      registers: [registry],
      async collect() {
        this.reset();
        const found = await backlog();
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
        const found = await backlog();
        if (found) this.set(found.oldestWaitingSeconds);
      },
    });
  }

  /** Both gauges, and whoever asks while an answer is slow, share one question. */
  private async read(): Promise<Backlog | null> {
    this.asking ??= this.records.backlog().finally(() => {
      this.asking = undefined;
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS, null);
    });
    return Promise.race([this.asking.catch(() => null), late]).finally(() => {
      clearTimeout(timer);
    });
  }
}
