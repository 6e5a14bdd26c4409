import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Metrics } from '../../../platform/observability/metrics';
import { CoalescedQuery } from '../../../platform/observability/coalesced-query';
import { DeliveryRepository } from '../domain/interfaces/delivery.repository';
import type { ClaimedMessage } from '../domain/claimed-message';
import { DeliveryChannels } from './delivery-channels';

type Outcome = 'delivered' | 'retried' | 'failed';

/** The outcomes of this process's attempts, and the backlog of all processes. */
@Injectable()
export class DeliveryMetrics {
  private readonly outcomes: Counter<'channel' | 'event' | 'outcome'>;

  constructor({ registry }: Metrics, deliveries: DeliveryRepository, channels: DeliveryChannels) {
    const registers = [registry];
    this.outcomes = new Counter({
      name: 'notifications_total',
      help: 'Attempts at deliveries that ended in this process, by outcome',
      labelNames: ['channel', 'event', 'outcome'],
      registers,
    });
    const backlog = new CoalescedQuery(() => deliveries.backlog());
    new Gauge({
      name: 'notifications_pending',
      help: 'Deliveries that wait for their first or a further attempt, in all processes',
      labelNames: ['channel'],
      registers,
      async collect() {
        this.reset();
        const waiting = await backlog.get();
        if (waiting)
          for (const { name } of channels.descriptors) this.set({ channel: name }, waiting.pending.get(name) ?? 0);
      },
    });
    new Gauge({
      name: 'notification_oldest_pending_seconds',
      help: 'For how long the oldest delivery that is not yet made has waited',
      registers,
      async collect() {
        this.remove();
        const waiting = await backlog.get();
        if (waiting) this.set(waiting.oldestSeconds);
      },
    });
  }

  ended({ channel, event }: ClaimedMessage, outcome: Outcome): void {
    this.outcomes.inc({ channel, event, outcome });
  }
}
