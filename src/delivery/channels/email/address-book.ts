import type { Person } from '../../../platform/auth/principal';

/** How the platform knows a person. */
export interface Addressee {
  /** `null` without a valid address. */
  readonly email: string | null;
  readonly locale: string | null;
}

export interface AddressedPerson extends Addressee {
  readonly email: string;
}

/** The mail addresses of the platform's users. */
export abstract class AddressBook {
  /** @returns `null` for an unknown person */
  abstract find(person: Person): Promise<Addressee | null>;

  /**
   * The active administrators of the person's tenant (or those without a tenant, if it is `null`) with a valid address.
   * The person is excluded.
   * @param limit the maximum number
   */
  abstract administratorsOf(person: Person, limit: number): Promise<AddressedPerson[]>;
}
