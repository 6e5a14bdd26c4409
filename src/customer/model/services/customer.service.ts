import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { CallingCustomer } from '../../../platform/auth/caller';
import { CustomerRepository } from '../domain/interfaces/customer.repository';

@Injectable()
export class CustomerService {
  constructor(private readonly customers: CustomerRepository) {}

  /** @returns `null` for whoever is unknown, not active, or has another secret */
  async authenticate(id: string, secret: string): Promise<CallingCustomer | null> {
    const customer = isUUID(id) ? await this.customers.find(id) : null;
    const given = createHash('sha256').update(secret).digest();
    const isRight = customer !== null && timingSafeEqual(given, Buffer.from(customer.secretHash, 'hex'));
    return isRight && customer.isActive ? { customerId: customer.id, tenantId: customer.tenantId } : null;
  }
}
