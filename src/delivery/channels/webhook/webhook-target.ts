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
