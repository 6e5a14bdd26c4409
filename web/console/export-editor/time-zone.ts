import { UTC } from './draft';

/** The time zone of the browser, in which its user thinks of days. */
export function localTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || UTC;
}
