import type { Customer } from '../customer';

export interface NewCustomer {
  readonly tenantId: string | null;
  readonly name: string;
  readonly secretHash: string;
}

/** Stores external systems. Each change is atomic and writes an audit entry. */
export abstract class CustomerRepository {
  abstract find(id: string): Promise<Customer | null>;

  /** Oldest first. */
  abstract list(): Promise<Customer[]>;

  abstract create(customer: NewCustomer): Promise<Customer>;

  /**
   * Replaces the secret of a customer. The current one becomes the previous secret for the grace
   * period, and replaces any earlier one. An inactive customer has no grace period.
   * @returns the changed customer, or `null` if there is none
   */
  abstract rotate(id: string, secretHash: string, graceSeconds: number): Promise<Customer | null>;

  /**
   * Enables or disables a customer. Disabling removes the previous secret.
   * @returns the customer and whether this changed it; `null` if there is none
   */
  abstract setActive(id: string, isActive: boolean): Promise<{ customer: Customer; isChanged: boolean } | null>;
}
