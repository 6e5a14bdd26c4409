import { createHmac, randomBytes } from 'node:crypto';

/** Where a webhook goes. */
export interface WebhookTarget {
  readonly url: string;
  /** Sealed. */
  readonly secret: string;
}

/** For what a webhook's secret is sealed: for this address, so that it signs nothing for another. */
export function webhookSecretPurpose({ url }: Pick<WebhookTarget, 'url'>): string {
  return `webhook secret\n${url}`;
}

/** The target as it was planned; `null` where it is none. */
export function parseWebhookTarget({ url, secret }: Readonly<Record<string, unknown>>): WebhookTarget | null {
  return typeof url === 'string' && typeof secret === 'string' ? { url, secret } : null;
}

const PREFIX = 'whsec_';
const NEW_BYTES = 32;
const MIN_BYTES = 24;
const MAX_BYTES = 64;
const VERSION = 'v1';

/** @returns a secret that nobody had before, as Standard Webhooks write them */
export function generateWebhookSecret(): string {
  return PREFIX + randomBytes(NEW_BYTES).toString('base64');
}

/** The bytes of a secret that somebody chose; `null` where it is none. */
export function decodeWebhookSecret(secret: string): Buffer | null {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '';
  const bytes = Buffer.from(text, 'base64');
  // Node passes over what is no base64; written again, it shows.
  const isExact = bytes.toString('base64').replace(/=+$/, '') === text.replace(/={0,2}$/, '');
  return isExact && bytes.length >= MIN_BYTES && bytes.length <= MAX_BYTES ? bytes : null;
}

export interface SignedMessage {
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

/** What proves to the receiver that a message is ours, whole, and of this moment. */
export function webhookSignature({ id, timestamp, body }: SignedMessage, secret: Buffer): string {
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`, 'utf8').digest('base64');
  return `${VERSION},${signature}`;
}
