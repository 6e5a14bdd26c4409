import { Injectable } from '@nestjs/common';
import { DeliveriesForScheduledExport, type Language } from '../../delivery';
import type { Caller } from '../../platform/auth/caller';
import type { PlannedDelivery } from '../../platform/outbox/planned-delivery';
import {
  type DeliveryState,
  type DeliveryWish,
  type PlannedDeliveries,
  ScheduledDeliveries,
} from '../model/domain/interfaces/scheduled-deliveries';

@Injectable()
export class OutboxDeliveries extends ScheduledDeliveries {
  constructor(private readonly deliveries: DeliveriesForScheduledExport) {
    super();
  }

  override async plan(caller: Caller, wish: DeliveryWish): Promise<PlannedDeliveries> {
    const { plan, webhookSecret } = await this.deliveries.plan(caller, wish);
    return { deliveries: plan.deliveries, webhookSecret };
  }

  override probe(kept: readonly PlannedDelivery[]): Promise<void> {
    return this.deliveries.probe(kept);
  }

  override noticeTo(
    caller: Caller,
    planned: readonly PlannedDelivery[],
    language?: Language,
  ): Promise<PlannedDelivery | null> {
    return this.deliveries.noticeTo(caller, planned, language);
  }

  override statesOf(exportIds: readonly string[]): Promise<ReadonlyMap<string, readonly DeliveryState[]>> {
    return this.deliveries.statesOf(exportIds);
  }
}
