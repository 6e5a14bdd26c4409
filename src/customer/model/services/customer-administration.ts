import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { DomainError } from '../../../platform/errors/domain-error';
import type { Customer } from '../domain/customer';
import { hashSecret, generateSecret } from '../domain/customer';
import { CustomerRepository } from '../domain/interfaces/customer.repository';

/** A customer with its new secret, which cannot be read again. */
export interface CustomerWithSecret {
  readonly customer: Customer;
  readonly secret: string;
}

/** The operator's commands for external systems. */
@Injectable()
export class CustomerAdministration {
  constructor(private readonly customers: CustomerRepository) {}

  async create(name: string, tenantId: string | null): Promise<CustomerWithSecret> {
    const secret = generateSecret();
    return { customer: await this.customers.create({ name, tenantId, secretHash: hashSecret(secret) }), secret };
  }

  /**
   * Replaces the secret of a customer.
   * @param graceSeconds how long the current secret remains valid
   * @throws DomainError not-found
   */
  async rotate(id: string, graceSeconds: number): Promise<CustomerWithSecret> {
    const secret = generateSecret();
    const customer = isUUID(id) ? await this.customers.rotate(id, hashSecret(secret), graceSeconds) : null;
    if (!customer) throw DomainError.notFound('Customer');
    return { customer, secret };
  }

  /**
   * Enables or disables a customer.
   * @throws DomainError not-found
   */
  async setActive(id: string, isActive: boolean): Promise<{ customer: Customer; isChanged: boolean }> {
    const found = isUUID(id) ? await this.customers.setActive(id, isActive) : null;
    if (!found) throw DomainError.notFound('Customer');
    return found;
  }

  /** Oldest first. */
  list(): Promise<Customer[]> {
    return this.customers.list();
  }
}
