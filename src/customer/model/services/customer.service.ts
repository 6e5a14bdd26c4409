import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { CustomerPrincipal } from '../../../platform/auth/principal';
import { networkOf } from '../../../platform/http/network';
import { UNKNOWN_CUSTOMER, verifyCredentials } from '../domain/customer';
import { CustomerRepository } from '../domain/interfaces/customer.repository';
import { FailureLimit } from './failure-limit';

export interface CustomerCredentials {
  readonly id: string;
  readonly secret: string;
}

/** Who the external systems are. */
@Injectable()
export class CustomerService {
  constructor(
    private readonly customers: CustomerRepository,
    private readonly limit: FailureLimit,
  ) {}

  /**
   * Does the same work whatever the id is: an id that is none is looked for too, as one that nobody has.
   * @param address from which they come
   * @returns `null` for whoever is unknown, not active, or has another secret
   * @throws DomainError limit, before the secret is looked at, after too many failures
   */
  async authenticate(
    { id: given, secret }: CustomerCredentials,
    address: string | undefined,
  ): Promise<CustomerPrincipal | null> {
    const id = isUUID(given) ? given.toLowerCase() : null;
    const network = networkOf(address);
    await this.limit.requireBelowLimit(id, network);
    const customer = (await this.customers.find(id ?? UNKNOWN_CUSTOMER.id)) ?? UNKNOWN_CUSTOMER;
    const reason = verifyCredentials(customer, secret);
    if (reason === null) return { customerId: customer.id, tenantId: customer.tenantId };
    const customerId = customer === UNKNOWN_CUSTOMER ? null : customer.id;
    await this.limit.note(id, { customerId, tenantId: customer.tenantId, reason }, network);
    return null;
  }
}
