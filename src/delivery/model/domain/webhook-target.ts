/** Where a webhook goes. */
export interface WebhookTarget {
  readonly url: string;
  /** Sealed. */
  readonly secret: string;
}

/** For what a webhook's secret is sealed. */
export const WEBHOOK_SECRET = 'webhook secret';

/** The target as it was planned; `null` where it is none. */
export function readWebhookTarget({ url, secret }: Readonly<Record<string, unknown>>): WebhookTarget | null {
  return typeof url === 'string' && typeof secret === 'string' ? { url, secret } : null;
}
