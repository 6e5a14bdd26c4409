import { Injectable } from '@nestjs/common';
import { OutboundAddresses, OutboundRefusedError } from '../../infrastructure/outbound/outbound-addresses';
import { SecretCipher } from '../../infrastructure/secret-cipher';
import { WebhookTargets, type WebhookInput } from '../../model/domain/interfaces/webhook-targets';
import { decodeWebhookSecret, generateWebhookSecret } from './webhook-secret';
import { type WebhookTarget, webhookSecretPurpose } from '../../model/domain/webhook-target';
import { destinationRefusal, encryptFor } from '../../infrastructure/destination-refusal';

@Injectable()
export class EncryptedWebhookTargets extends WebhookTargets {
  constructor(
    private readonly addresses: OutboundAddresses,
    private readonly cipher: SecretCipher,
  ) {
    super();
  }

  override async plan(
    { url, secret = generateWebhookSecret() }: WebhookInput,
    field: string,
  ): Promise<{ readonly target: Readonly<Record<string, unknown>>; readonly secret: string }> {
    if (!decodeWebhookSecret(secret)) {
      throw destinationRefusal(field, 'The secret must be whsec_ with 24 to 64 bytes in base64 behind it');
    }
    const place = { url: await this.checked(url, field) };
    const target: WebhookTarget = {
      ...place,
      secret: encryptFor(field, () => this.cipher.encrypt(secret, webhookSecretPurpose(place))),
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
