import { Injectable } from '@nestjs/common';
import { isAdmin } from '../../../platform/auth/admin';
import { type UserPrincipal, isCustomer, type Principal, type Person } from '../../../platform/auth/principal';
import { Config } from '../../../platform/config/config';
import { DomainError } from '../../../platform/errors/domain-error';
import { isMailAddress } from '../../../platform/mail/mail-address';
import { AddressBook } from './address-book';
import { type Language, languageOf } from '../../model/domain/language';

/** To whom a mail goes, and in which language. */
export interface MailTarget {
  readonly to: string;
  readonly language: Language;
}

/** The target as it was planned; `null` where it is none. */
export function parseMailTarget({ to, language }: Readonly<Record<string, unknown>>): MailTarget | null {
  if (!isMailAddress(to)) return null;
  return { to, language: languageOf(typeof language === 'string' ? language : null) };
}

/** So many administrators are notified of one thing. */
const MAX_ADMINISTRATORS = 10;

/** How a person is written to, as far as it is known. */
interface Known {
  readonly email: string | null;
  readonly language: Language;
}

/** Decides to which address mail goes. */
@Injectable()
export class MailPlanner {
  constructor(
    private readonly book: AddressBook,
    private readonly config: Config,
  ) {}

  /** The person's own address; `null` where none is known, or where no mail can be sent. */
  async ownTarget(person: Person, language?: Language): Promise<MailTarget | null> {
    if (!this.config.mail) return null;
    const known = await this.known(person);
    return known.email === null ? null : { to: known.email, language: language ?? known.language };
  }

  /** The addresses of administrators who have to know what becomes of something of the person's. */
  async administratorTargets(person: Person): Promise<MailTarget[]> {
    if (!this.config.mail) return [];
    const administrators = await this.book.administratorsOf(person, MAX_ADMINISTRATORS);
    const targets = administrators.map(
      ({ email, locale }) => [email.toLowerCase(), { to: email, language: languageOf(locale) }] as const,
    );
    return [...new Map(targets).values()];
  }

  /**
   * @param email `true` for the caller's own address
   * @param field under which a refusal names it
   * @throws DomainError invalid
   */
  async target(
    caller: Principal,
    email: true | string,
    language: Language | undefined,
    field: string,
  ): Promise<MailTarget> {
    const refused = (message: string) => DomainError.invalidRequest({ field, message });
    if (isCustomer(caller)) throw refused('must be left out: external systems are told by webhook');
    if (!this.config.mail) throw refused('must be left out: this service is not set up to send mail (SMTP_URL)');
    if (email !== true && !isMailAddress(email)) throw refused('must be true, or an address such as ann@example.com');
    const known = await this.known(caller);
    const to = email === true ? known.email : email;
    if (to === null || !mayWriteTo(to, caller, known)) {
      throw refused(
        known.email === null
          ? 'must be left out: no address of yours is known, as your token names none (email); only administrators may name others'
          : 'must be your own address, or true: only administrators may name somebody else’s',
      );
    }
    return { to, language: language ?? known.language };
  }

  /** By the token first: it is newer than what the platform wrote down. */
  private async known(person: Person & Partial<UserPrincipal>): Promise<Known> {
    const { email, locale } = person;
    const written = email !== undefined && locale !== undefined ? null : await this.book.find(person);
    return { email: email ?? written?.email ?? null, language: languageOf(locale ?? written?.locale) };
  }
}

/** An address that somebody says to be their own proves nothing: mail with names of their making would go to strangers. */
function mayWriteTo(to: string, { roles = [] }: Partial<UserPrincipal>, { email }: Known): boolean {
  return to.toLowerCase() === email?.toLowerCase() || isAdmin({ roles });
}
