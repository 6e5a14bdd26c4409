import { credentialsPurpose } from '../../../src/delivery/channels/s3/bucket-target';
import {
  decodeWebhookSecret,
  webhookSignature,
  webhookSecretPurpose,
} from '../../../src/delivery/channels/webhook/webhook-secret';
import { hashSecret } from '../../../src/customer/model/domain/customer';
import { LinkSigner } from '../../../src/platform/auth/link-signer';
import { Config } from '../../../src/platform/config/config';
import { SecretCipher } from '../../../src/delivery/infrastructure/secret-cipher';
import { VECTORS } from './vectors';

const { environment, links, sealed, webhook, customerSecret } = VECTORS;
const config = Config.from(environment);

/** Made by release 0.1.0: what it signed and sealed has to hold for as long as somebody may have it. */
describe('Signatures and sealed values of the last release', () => {
  it.each(links)('a link to $path is signed in the same way', ({ path, at, link, expires }) => {
    const signer = new LinkSigner(config);
    const signature = new URL(link).searchParams.get('signature')!;

    expect(signer.sign(path, at)).toBe(link);
    expect(signer.verify(path, { expires, signature }, at)).toBe(true);
    expect(signer.verify(path, { expires, signature }, expires * 1000)).toBe(false);
  });

  it('a link that lasts is signed in the same way', () => {
    const { path, until, link } = VECTORS.lastingLink;

    expect(new LinkSigner(config).signUntil(path, new Date(until))).toBe(link);
  });

  it('the secret of a webhook opens for its address, and for no other', () => {
    const cipher = new SecretCipher(config.encryption);
    const { url, text, secret } = sealed.webhook;

    expect(cipher.decrypt(text, webhookSecretPurpose({ url }))).toBe(secret);
    expect(() => cipher.decrypt(text, webhookSecretPurpose({ url: `${url}/` }))).toThrow();
  });

  it('credentials of a bucket open for their place, and for no other', () => {
    const cipher = new SecretCipher(config.encryption);
    const { place, text, credentials } = sealed.bucket;

    expect(JSON.parse(cipher.decrypt(text, credentialsPurpose(place)))).toEqual(credentials);
    expect(() => cipher.decrypt(text, credentialsPurpose({ ...place, endpoint: null }))).toThrow();
    expect(() => cipher.decrypt(text, webhookSecretPurpose({ url: place.uri }))).toThrow();
  });

  it('what was sealed by a former key opens', () => {
    const { url, text, secret } = sealed.byFormerKey;

    expect(new SecretCipher(config.encryption).decrypt(text, webhookSecretPurpose({ url }))).toBe(secret);
  });

  it('a webhook is signed in the same way', () => {
    const { message, secret, signature } = webhook;

    expect(webhookSignature(message, decodeWebhookSecret(secret)!)).toBe(signature);
  });

  it('the secret of an external system is known by the same hash', () => {
    expect(hashSecret(customerSecret.secret)).toBe(customerSecret.hash);
  });
});
