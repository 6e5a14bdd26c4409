import type { Customer } from '../customer';

export interface NewCustomer {
  readonly tenantId: string | null;
  readonly name: string;
  readonly secretHash: string;
}

/** The external systems. Each change is one step, with its audit entry. */
export abstract class CustomerRepository {
  abstract find(id: string): Promise<Customer | null>;

  /** Oldest first. */
  abstract list(): Promise<Customer[]>;

  abstract create(customer: NewCustomer): Promise<Customer>;

  /**
   * Gives a customer another secret. The one it had until now becomes the former one for so many seconds, in the place of
   * any other; of a customer that is not active it ends at once.
   * @returns the customer as it is now, or `null` when there is none
   */
  abstract rotate(id: string, secretHash: string, graceSeconds: number): Promise<Customer | null>;

  /**
   * Lets a customer in or keeps it out. Whoever was kept out has lost the former secret.
   * @returns the customer as it is now, and whether it was otherwise before; `null` when there is none
   */
  abstract setActive(id: string, isActive: boolean): Promise<{ customer: Customer; isChanged: boolean } | null>;
}
