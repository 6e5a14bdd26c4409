import { Injectable } from '@nestjs/common';
import { ExportsForDelivery } from '../../../export';
import type { Principal } from '../../../platform/auth/principal';
import type { DeliveryRecord } from '../domain/delivery-state';
import { DeliveryRepository } from '../domain/interfaces/delivery.repository';

/** Reads the deliveries of an export for its owner. */
@Injectable()
export class DeliveryReading {
  constructor(
    private readonly exports: ExportsForDelivery,
    private readonly deliveries: DeliveryRepository,
  ) {}

  /** The oldest first. @throws DomainError not-found, also for an export of another owner */
  async list(exportId: string, owner: Principal): Promise<DeliveryRecord[]> {
    const { id } = await this.exports.get(exportId, owner);
    return this.deliveries.findAll(id);
  }
}
