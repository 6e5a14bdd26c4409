import { createHmac, randomBytes } from 'node:crypto';

/** The URL of a webhook and its secret. */
export interface WebhookTarget {
  readonly url: string;
  /** Encrypted. */
  readonly secret: string;
}

/** The purpose of an encrypted secret, so that it cannot sign messages to another URL. */
export function webhookSecretPurpose({ url }: Pick<WebhookTarget, 'url'>): string {
  return `webhook secret\n${url}`;
}

/** @returns `null` if it is no target of this channel */
export function parseWebhookTarget({ url, secret }: Readonly<Record<string, unknown>>): WebhookTarget | null {
  return typeof url === 'string' && typeof secret === 'string' ? { url, secret } : null;
}

const PREFIX = 'whsec_';
const NEW_BYTES = 32;
const MIN_BYTES = 24;
const MAX_BYTES = 64;
const VERSION = 'v1';

/** Generates a random secret in the format of Standard Webhooks. */
export function generateWebhookSecret(): string {
  return PREFIX + randomBytes(NEW_BYTES).toString('base64');
}

/** The bytes of a given secret; `null` if it is invalid. */
export function decodeWebhookSecret(secret: string): Buffer | null {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '';
  const bytes = Buffer.from(text, 'base64');
  // Node ignores invalid characters. Encoding the bytes again reveals them.
  const isExact = bytes.toString('base64').replace(/=+$/, '') === text.replace(/={0,2}$/, '');
  return isExact && bytes.length >= MIN_BYTES && bytes.length <= MAX_BYTES ? bytes : null;
}

export interface SignedMessage {
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

/** Proves the origin, the integrity and the time of a message to its receiver. */
export function webhookSignature({ id, timestamp, body }: SignedMessage, secret: Buffer): string {
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`, 'utf8').digest('base64');
  return `${VERSION},${signature}`;
}
