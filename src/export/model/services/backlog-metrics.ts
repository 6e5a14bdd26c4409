import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Metrics } from '../../../platform/observability/metrics';
import { CoalescedQuery } from '../../../platform/observability/coalesced-query';
import { MaintenanceRepository } from '../domain/interfaces/maintenance.repository';

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
