import { type Customer, UNKNOWN_CUSTOMER, verifyCredentials } from './customer';
import { hashSecret, generateSecret } from './customer';

/** Whether the secret authenticates the customer. */
const accepts = (customer: Customer, secret: string) => verifyCredentials(customer, secret) === null;

describe('verifyCredentials', () => {
  const [secret, previous] = [generateSecret(), generateSecret()];

  function customer(fields: Partial<Customer> = {}): Customer {
    return {
      id: '00000000-0000-7000-8000-0000000000c1',
      tenantId: 'blue',
      name: 'Partner',
      isActive: true,
      secretHash: hashSecret(secret),
      previousSecret: null,
      createdAt: new Date(),
      ...fields,
    };
  }

  it('accepts the secret of the customer only', () => {
    expect(accepts(customer(), secret)).toBe(true);
    for (const wrong of ['', `${secret} `, secret.toUpperCase(), secret.slice(0, -1), previous, hashSecret(secret)]) {
      expect(accepts(customer(), wrong)).toBe(false);
    }
  });

  it('accepts the previous secret during its grace period', () => {
    const rotated = customer({ previousSecret: { hash: hashSecret(previous), endsAt: new Date() } });

    expect([accepts(rotated, secret), accepts(rotated, previous), accepts(rotated, generateSecret())]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('rejects every secret of an inactive customer', () => {
    const disabled = customer({ isActive: false, previousSecret: { hash: hashSecret(previous), endsAt: new Date() } });

    expect([verifyCredentials(disabled, secret), verifyCredentials(disabled, previous)]).toEqual([
      'inactive',
      'inactive',
    ]);
    expect(verifyCredentials(disabled, 'wrong')).toBe('wrong-secret');
  });

  it('rejects every secret of an unknown customer', () => {
    for (const given of [secret, '', '0'.repeat(64)])
      expect(verifyCredentials(UNKNOWN_CUSTOMER, given)).toBe('unknown');
  });

  it('generateSecret returns unique secrets with a recognisable prefix', () => {
    const secrets = new Set(Array.from({ length: 100 }, generateSecret));

    expect(secrets.size).toBe(100);
    for (const one of secrets) expect(one).toMatch(/^exsk_[\w-]{43}$/);
  });
});
