import { AddressBook, type AddressedPerson, type Addressee } from '../../src/delivery/channels/email/address-book';
import type { Person } from '../../src/platform/auth/principal';

/** The addresses of people, by their ids. */
export class FakeAddressBook extends AddressBook {
  constructor(
    private readonly people: Readonly<Record<string, Addressee>> = {},
    private readonly administrators: readonly AddressedPerson[] = [],
  ) {
    super();
  }

  override find({ userId }: Person): Promise<Addressee | null> {
    return Promise.resolve(this.people[userId] ?? null);
  }

  override administratorsOf(_: Person, limit: number): Promise<AddressedPerson[]> {
    return Promise.resolve(this.administrators.slice(0, limit));
  }
}
