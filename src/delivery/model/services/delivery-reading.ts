import { Injectable } from '@nestjs/common';
import { ExportsForDelivery } from '../../../export';
import type { Principal } from '../../../platform/auth/principal';
import type { DeliveryRecord } from '../domain/delivery-state';
import { DeliveryRepository } from '../domain/interfaces/delivery.repository';

/** Tells owners what became of the deliveries of their exports. */
@Injectable()
export class DeliveryReading {
  constructor(
    private readonly exports: ExportsForDelivery,
    private readonly deliveries: DeliveryRepository,
  ) {}

  /** The oldest first. @throws DomainError not-found, also for an export of somebody else */
  async list(exportId: string, owner: Principal): Promise<DeliveryRecord[]> {
    const { id } = await this.exports.get(exportId, owner);
    return this.deliveries.findAll(id);
  }
}
