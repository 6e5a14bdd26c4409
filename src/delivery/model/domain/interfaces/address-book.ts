import type { Person } from '../../../../platform/auth/caller';

/** How the platform knows a person. */
export interface Addressee {
  /** `null` where there is none that mail can be sent to. */
  readonly email: string | null;
  readonly locale: string | null;
}

/** Where the platform's people get their mail. */
export abstract class AddressBook {
  /** @returns `null` for somebody the platform does not know */
  abstract find(person: Person): Promise<Addressee | null>;
}
