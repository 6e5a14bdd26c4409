import { Injectable } from '@nestjs/common';
import { isAdmin } from '../../../platform/auth/admin';
import { type UserPrincipal, isCustomer, type Principal, type Person } from '../../../platform/auth/principal';
import { Config } from '../../../platform/config/config';
import { DomainError } from '../../../platform/errors/domain-error';
import { isMailAddress } from '../../../platform/mail/mail-address';
import { AddressBook } from './address-book';
import { type Language, languageOf } from '../../model/domain/language';

/** The receiver and the language of a mail. */
export interface MailTarget {
  readonly to: string;
  readonly language: Language;
}

/** @returns `null` if it is no target of this channel */
export function parseMailTarget({ to, language }: Readonly<Record<string, unknown>>): MailTarget | null {
  if (!isMailAddress(to)) return null;
  return { to, language: languageOf(typeof language === 'string' ? language : null) };
}

/** The maximum number of administrators who are notified of one event. */
const MAX_ADMINISTRATORS = 10;

/** The known address and language of a person. */
interface Known {
  readonly email: string | null;
  readonly language: Language;
}

/** Chooses and checks the addresses of mail. */
@Injectable()
export class MailPlanner {
  constructor(
    private readonly book: AddressBook,
    private readonly config: Config,
  ) {}

  /** The person's own address; `null` if it is unknown or no mail can be sent. */
  async ownTarget(person: Person, language?: Language): Promise<MailTarget | null> {
    if (!this.config.mail) return null;
    const known = await this.known(person);
    return known.email === null ? null : { to: known.email, language: language ?? known.language };
  }

  /** The addresses of the administrators who are notified of changes to the person's schedules. */
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
   * @param field the field in the error
   * @throws DomainError invalid
   */
  async target(
    caller: Principal,
    email: true | string,
    language: Language | undefined,
    field: string,
  ): Promise<MailTarget> {
    const refused = (message: string) => DomainError.invalidRequest({ field, message });
    if (isCustomer(caller)) throw refused('must be left out: external systems are notified by webhook');
    if (!this.config.mail) throw refused('must be left out: this service is not configured to send mail (SMTP_URL)');
    if (email !== true && !isMailAddress(email)) throw refused('must be true, or an address such as ann@example.com');
    const known = await this.known(caller);
    const to = email === true ? known.email : email;
    if (to === null || !mayWriteTo(to, caller, known)) {
      throw refused(
        known.email === null
          ? 'must be left out: your address is unknown, because your token has no email; only administrators may name other addresses'
          : 'must be your own address, or true: only administrators may name other addresses',
      );
    }
    return { to, language: language ?? known.language };
  }

  /** The token comes first, because it is newer than the platform's table. */
  private async known(person: Person & Partial<UserPrincipal>): Promise<Known> {
    const { email, locale } = person;
    const stored = email !== undefined && locale !== undefined ? null : await this.book.find(person);
    return { email: email ?? stored?.email ?? null, language: languageOf(locale ?? stored?.locale) };
  }
}

/** A claimed address is not trusted: otherwise users could send mail with texts of their choice to strangers. */
function mayWriteTo(to: string, { roles = [] }: Partial<UserPrincipal>, { email }: Known): boolean {
  return to.toLowerCase() === email?.toLowerCase() || isAdmin({ roles });
}
