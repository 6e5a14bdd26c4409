import type { Person } from '../../../platform/auth/principal';

/** How the platform knows a person. */
export interface Addressee {
  /** `null` where there is none that mail can be sent to. */
  readonly email: string | null;
  readonly locale: string | null;
}

export interface AddressedPerson extends Addressee {
  readonly email: string;
}

/** Where the platform's people get their mail. */
export abstract class AddressBook {
  /** @returns `null` for somebody the platform does not know */
  abstract find(person: Person): Promise<Addressee | null>;

  /**
   * The active administrators of the person's tenant, or those without a tenant where it is `null`, who can be written to.
   * The person is not among them.
   * @param limit how many at most
   */
  abstract administratorsOf(person: Person, limit: number): Promise<AddressedPerson[]>;
}
