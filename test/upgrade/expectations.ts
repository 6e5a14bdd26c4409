import { createHmac } from 'node:crypto';
import type { ReceivedRequest } from '../support/webhook-receiver';

/** What of a record neither the clock nor the moment of asking changes. */
export function lasting<Shown extends object>(record: Shown): Partial<Shown> {
  const changing = /_at$|^file_url$|^last_run$/;
  return Object.fromEntries(Object.entries(record).filter(([name]) => !changing.test(name))) as Partial<Shown>;
}

/** The same link for a second longer, under a signature that is not its own. */
export function forged(link: string): string {
  const url = new URL(link);
  url.searchParams.set('expires', String(Number(url.searchParams.get('expires')) + 1));
  return url.href;
}

/** The signature as a receiver computes it by itself, after https://www.standardwebhooks.com. */
export function signatureOf({ headers, body }: ReceivedRequest, secret: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signed = `${headers['webhook-id'] as string}.${headers['webhook-timestamp'] as string}.${body}`;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}
