import type { Customer } from '../customer';

export abstract class CustomerRepository {
  abstract find(id: string): Promise<Customer | null>;
}
