import { BucketTargets, type BucketInput } from '../../src/delivery/model/domain/interfaces/bucket-targets';
import { WebhookTargets, type WebhookInput } from '../../src/delivery/model/domain/interfaces/webhook-targets';
import { DomainError } from '../../src/platform/errors/domain-error';

/** Plans webhooks at any HTTPS address, whose secrets it leaves open. */
export class FakeWebhookTargets extends WebhookTargets {
  // eslint-disable-next-line @typescript-eslint/require-await -- a refusal rejects, as everywhere
  override async plan({ url, secret = 'made' }: WebhookInput, field: string) {
    if (!url.startsWith('https://'))
      throw DomainError.invalidRequest({ field: `${field}.url`, message: 'must use HTTPS' });
    return { target: { url, secret }, secret };
  }
}

/** Plans copies into buckets that are within reach. */
export class FakeBucketTargets extends BucketTargets {
  private readonly lost = new Set<string>();

  override async plan({ uri, ...wish }: BucketInput, field: string) {
    const target = { uri, ...wish };
    await this.probe(target, field);
    return target;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a refusal rejects, as everywhere
  override async probe({ uri }: Readonly<Record<string, unknown>>, field: string): Promise<void> {
    if (this.lost.has(String(uri)))
      throw DomainError.invalidRequest({ field, message: 'The bucket cannot be reached' });
  }

  /** Puts a bucket out of reach. */
  lose(uri: string): void {
    this.lost.add(uri);
  }
}
