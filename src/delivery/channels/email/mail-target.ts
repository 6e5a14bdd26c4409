import { isMailAddress } from '../../../platform/mail/mail-address';
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
