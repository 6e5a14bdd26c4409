import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Metrics } from '../../../platform/observability/metrics';
import { CHANNELS } from '../../../platform/outbox/planned-delivery';
import { type Backlog, DeliveryRepository } from '../domain/interfaces/delivery.repository';
import type { Parcel } from '../domain/parcel';

type Outcome = 'delivered' | 'retried' | 'failed';

/** Several gauges are read in one scrape, and one look at the outbox serves them all. */
const BACKLOG_STAYS_MS = 1_000;

/** What became of the deliveries that this process worked on, and what waits for all processes. */
@Injectable()
export class DeliveryMetrics {
  private readonly outcomes: Counter<'channel' | 'event' | 'outcome'>;
  private looked: { readonly at: number; readonly backlog: Promise<Backlog | null> } | undefined;

  constructor(
    { registry }: Metrics,
    private readonly deliveries: DeliveryRepository,
  ) {
    const registers = [registry];
    this.outcomes = new Counter({
      name: 'notifications_total',
      help: 'Attempts at deliveries that ended in this process, by outcome',
      labelNames: ['channel', 'event', 'outcome'],
      registers,
    });
    const backlog = () => this.backlog();
    new Gauge({
      name: 'notifications_pending',
      help: 'Deliveries that wait for their first or a further attempt, in all processes',
      labelNames: ['channel'],
      registers,
      async collect() {
        const waiting = await backlog();
        if (waiting) for (const channel of CHANNELS) this.set({ channel }, waiting.pending.get(channel) ?? 0);
      },
    });
    new Gauge({
      name: 'notification_oldest_pending_seconds',
      help: 'For how long the oldest delivery that is not yet made has waited',
      registers,
      async collect() {
        const waiting = await backlog();
        if (waiting) this.set(waiting.oldestSeconds);
      },
    });
  }

  ended({ channel, event }: Parcel, outcome: Outcome): void {
    this.outcomes.inc({ channel, event, outcome });
  }

  /** `null` while the database cannot tell. */
  private backlog(): Promise<Backlog | null> {
    if (!this.looked || Date.now() - this.looked.at > BACKLOG_STAYS_MS) {
      this.looked = { at: Date.now(), backlog: this.deliveries.backlog().catch(() => null) };
    }
    return this.looked.backlog;
  }
}
