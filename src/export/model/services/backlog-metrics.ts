import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Metrics } from '../../../platform/observability/metrics';
import { CoalescedQuery } from '../../../platform/observability/coalesced-query';
import { ReportingRepository } from '../domain/interfaces/reporting.repository';

/**
 * What is still to be done, as the records have it when somebody asks: right also while the queue is away, and the same in
 * every process. While the records cannot be asked the series are not there.
 */
@Injectable()
export class BacklogMetrics {
  constructor({ registry }: Metrics, records: ReportingRepository) {
    const backlog = new CoalescedQuery(() => records.backlog());
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
