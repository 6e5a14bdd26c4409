import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { DomainError } from '../../../platform/errors/domain-error';
import type { Customer } from '../domain/customer';
import { hashSecret, generateSecret } from '../domain/customer';
import { CustomerRepository } from '../domain/interfaces/customer.repository';

/** A customer with the secret that it has just been given, which nobody can find out again. */
export interface CustomerWithSecret {
  readonly customer: Customer;
  readonly secret: string;
}

/** What an operator does with the external systems. */
@Injectable()
export class CustomerAdministration {
  constructor(private readonly customers: CustomerRepository) {}

  async create(name: string, tenantId: string | null): Promise<CustomerWithSecret> {
    const secret = generateSecret();
    return { customer: await this.customers.create({ name, tenantId, secretHash: hashSecret(secret) }), secret };
  }

  /**
   * Gives a customer another secret.
   * @param graceSeconds how long the one it has now stays right as well
   * @throws DomainError not-found
   */
  async rotate(id: string, graceSeconds: number): Promise<CustomerWithSecret> {
    const secret = generateSecret();
    const customer = isUUID(id) ? await this.customers.rotate(id, hashSecret(secret), graceSeconds) : null;
    if (!customer) throw DomainError.notFound('Customer');
    return { customer, secret };
  }

  /**
   * Lets a customer in, or keeps it out with all its secrets.
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
