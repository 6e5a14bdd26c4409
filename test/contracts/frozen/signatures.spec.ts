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

/** Created by release 0.1.0: its signatures and encrypted values must stay valid as long as they may be in use. */
describe('Signatures and encrypted values of the last release', () => {
  it.each(links)('the link to $path has the same signature', ({ path, at, link, expires }) => {
    const signer = new LinkSigner(config);
    const signature = new URL(link).searchParams.get('signature')!;

    expect(signer.sign(path, at)).toBe(link);
    expect(signer.verify(path, { expires, signature }, at)).toBe(true);
    expect(signer.verify(path, { expires, signature }, expires * 1000)).toBe(false);
  });

  it('a permanent link has the same signature', () => {
    const { path, until, link } = VECTORS.lastingLink;

    expect(new LinkSigner(config).signUntil(path, new Date(until))).toBe(link);
  });

  it('the secret of a webhook can be decrypted for its URL only', () => {
    const cipher = new SecretCipher(config.encryption);
    const { url, text, secret } = sealed.webhook;

    expect(cipher.decrypt(text, webhookSecretPurpose({ url }))).toBe(secret);
    expect(() => cipher.decrypt(text, webhookSecretPurpose({ url: `${url}/` }))).toThrow();
  });

  it('the credentials of a bucket can be decrypted for their location only', () => {
    const cipher = new SecretCipher(config.encryption);
    const { place, text, credentials } = sealed.bucket;

    expect(JSON.parse(cipher.decrypt(text, credentialsPurpose(place)))).toEqual(credentials);
    expect(() => cipher.decrypt(text, credentialsPurpose({ ...place, endpoint: null }))).toThrow();
    expect(() => cipher.decrypt(text, webhookSecretPurpose({ url: place.uri }))).toThrow();
  });

  it('a value encrypted with a previous key can be decrypted', () => {
    const { url, text, secret } = sealed.byFormerKey;

    expect(new SecretCipher(config.encryption).decrypt(text, webhookSecretPurpose({ url }))).toBe(secret);
  });

  it('a webhook has the same signature', () => {
    const { message, secret, signature } = webhook;

    expect(webhookSignature(message, decodeWebhookSecret(secret)!)).toBe(signature);
  });

  it('the secret of an external system has the same hash', () => {
    expect(hashSecret(customerSecret.secret)).toBe(customerSecret.hash);
  });
});
