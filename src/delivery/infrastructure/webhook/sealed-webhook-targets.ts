import { Injectable } from '@nestjs/common';
import { OutboundAddresses, OutboundRefusedError } from '../../../platform/outbound/outbound-addresses';
import { SecretCipher } from '../../../platform/secrets/secret-cipher';
import { WebhookTargets, type WebhookInput } from '../../model/domain/interfaces/webhook-targets';
import { bytesOfWebhookSecret, newWebhookSecret } from '../../model/domain/webhook-secret';
import { type WebhookTarget, webhookSecretOf } from '../../model/domain/webhook-target';
import { destinationRefusal, sealedFor } from '../destination-refusal';

@Injectable()
export class SealedWebhookTargets extends WebhookTargets {
  constructor(
    private readonly addresses: OutboundAddresses,
    private readonly sealer: SecretCipher,
  ) {
    super();
  }

  override async plan(
    { url, secret = newWebhookSecret() }: WebhookInput,
    field: string,
  ): Promise<{ readonly target: Readonly<Record<string, unknown>>; readonly secret: string }> {
    if (!bytesOfWebhookSecret(secret)) {
      throw destinationRefusal(field, 'The secret must be whsec_ with 24 to 64 bytes in base64 behind it');
    }
    const place = { url: await this.checked(url, field) };
    const target: WebhookTarget = {
      ...place,
      secret: sealedFor(field, () => this.sealer.seal(secret, webhookSecretOf(place))),
    };
    return { target: { ...target }, secret };
  }

  private async checked(url: string, field: string): Promise<string> {
    try {
      return (await this.addresses.check(url)).href;
    } catch (error) {
      if (error instanceof OutboundRefusedError) throw destinationRefusal(field, `The address ${error.message}`);
      throw error;
    }
  }
}
