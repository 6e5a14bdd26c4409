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

/** Authenticates external systems. */
@Injectable()
export class CustomerService {
  constructor(
    private readonly customers: CustomerRepository,
    private readonly limit: FailureLimit,
  ) {}

  /**
   * Does the same work for every id, so that the response time reveals nothing. A malformed id is
   * looked up as the unknown one.
   * @param address the client's address
   * @returns `null` for an unknown id, an inactive customer or a wrong secret
   * @throws DomainError limit after too many failures, before the secret is checked
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
    await this.limit.recordFailure(id, { customerId, tenantId: customer.tenantId, reason }, network);
    return null;
  }
}
