import { v7 as uuidv7 } from 'uuid';
import type { Customer } from '../../src/customer/model/domain/customer';
import { CustomerRepository, type NewCustomer } from '../../src/customer/model/domain/interfaces/customer.repository';
import { FakeRecords } from './fake-records';

/** External systems in memory. The clock of the records decides when previous secrets end. */
export class FakeCustomerRepository extends CustomerRepository {
  private readonly customers = new Map<string, Customer>();

  constructor(private readonly records = new FakeRecords()) {
    super();
  }

  override find(id: string): Promise<Customer | null> {
    const found = this.customers.get(id);
    return Promise.resolve(found ? this.asOfNow(found) : null);
  }

  /** Oldest first. */
  override list(): Promise<Customer[]> {
    return Promise.resolve([...this.customers.values()].map((customer) => this.asOfNow(customer)));
  }

  override create({ tenantId, name, secretHash }: NewCustomer): Promise<Customer> {
    const createdAt = this.records.clock.now();
    const customer = { id: uuidv7(), tenantId, name, secretHash, isActive: true, previousSecret: null, createdAt };
    return Promise.resolve(this.keep(customer, 'customer.created', { name }));
  }

  override rotate(id: string, secretHash: string, graceSeconds: number): Promise<Customer | null> {
    const before = this.customers.get(id);
    if (!before) return Promise.resolve(null);
    const endsAt = this.records.clock.in(graceSeconds);
    const previousSecret = before.isActive && graceSeconds > 0 ? { hash: before.secretHash, endsAt } : null;
    const details = { grace_seconds: graceSeconds };
    return Promise.resolve(this.keep({ ...before, secretHash, previousSecret }, 'customer.rotated', details));
  }

  override async setActive(id: string, isActive: boolean): Promise<{ customer: Customer; isChanged: boolean } | null> {
    const before = await this.find(id);
    if (!before) return null;
    if (before.isActive === isActive) return { customer: before, isChanged: false };
    const action = isActive ? 'customer.enabled' : 'customer.disabled';
    return { customer: this.keep({ ...before, isActive, previousSecret: null }, action), isChanged: true };
  }

  private keep(customer: Customer, action: string, details?: Record<string, string | number>): Customer {
    const { id, tenantId } = customer;
    this.customers.set(id, customer);
    this.records.audit({ action, userId: null, tenantId, customerId: id, details });
    return this.asOfNow(customer);
  }

  private asOfNow(customer: Customer): Customer {
    const { previousSecret } = customer;
    const isOver = previousSecret !== null && previousSecret.endsAt <= this.records.clock.now();
    return isOver ? { ...customer, previousSecret: null } : customer;
  }
}
