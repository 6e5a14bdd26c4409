import { createHmac } from 'node:crypto';
import { decodeWebhookSecret, generateWebhookSecret, webhookSignature } from './webhook-secret';

const secretOf = (length: number) => `whsec_${Buffer.alloc(length, 0xfb).toString('base64')}`;

describe('Webhook secret', () => {
  it('is generated from 32 random bytes', () => {
    const [one, other] = [generateWebhookSecret(), generateWebhookSecret()];

    expect(one).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(decodeWebhookSecret(one)).toHaveLength(32);
    expect(one).not.toBe(other);
  });

  it.each([24, 32, 33, 64])('accepts %i bytes', (length) => {
    expect(decodeWebhookSecret(secretOf(length))).toEqual(Buffer.alloc(length, 0xfb));
    expect(decodeWebhookSecret(secretOf(length).replace(/=+$/, ''))).toHaveLength(length);
  });

  it.each([
    '',
    'whsec_',
    'secret',
    secretOf(23),
    secretOf(65),
    secretOf(32).replace('whsec_', ''),
    secretOf(32).replace('whsec_', 'WHSEC_'),
    `${secretOf(32)}!`,
    `${secretOf(30)}===`,
    ` ${secretOf(32)}`,
    secretOf(32).replaceAll('+', '-').replaceAll('/', '_'),
  ])('rejects %j', (secret) => {
    expect(decodeWebhookSecret(secret)).toBeNull();
  });
});

describe('Webhook signature', () => {
  it('matches the example of the specification', () => {
    const secret = decodeWebhookSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')!;
    const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body: '{"test": 2432232314}' };

    expect(webhookSignature(message, secret)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('covers the bytes of non-ASCII text', () => {
    const secret = Buffer.alloc(24, 1);
    const content = Buffer.from('id.7.{"name":"Звіт 📄"}', 'utf8');

    const signature = webhookSignature({ id: 'id', timestamp: 7, body: '{"name":"Звіт 📄"}' }, secret);

    expect(signature).toBe(`v1,${createHmac('sha256', secret).update(content).digest('base64')}`);
  });
});
