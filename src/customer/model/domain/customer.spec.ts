import { Customer } from './customer';
import { hashOfSecret, newSecret } from './customer-secret';

describe('A customer', () => {
  const [secret, former] = [newSecret(), newSecret()];

  function customer(fields: Partial<Customer> = {}): Customer {
    return new Customer({
      id: '00000000-0000-7000-8000-0000000000c1',
      tenantId: 'blue',
      name: 'Partner',
      isActive: true,
      secretHash: hashOfSecret(secret),
      formerSecret: null,
      createdAt: new Date(),
      ...fields,
    });
  }

  it('is let in by its secret, and by no other', () => {
    expect(customer().accepts(secret)).toBe(true);
    for (const wrong of ['', `${secret} `, secret.toUpperCase(), secret.slice(0, -1), former, hashOfSecret(secret)]) {
      expect(customer().accepts(wrong)).toBe(false);
    }
  });

  it('is let in by its former secret as well while that has its grace period', () => {
    const rotated = customer({ formerSecret: { hash: hashOfSecret(former), endsAt: new Date() } });

    expect([rotated.accepts(secret), rotated.accepts(former), rotated.accepts(newSecret())]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('is kept out with each of its secrets while it is not active', () => {
    const disabled = customer({ isActive: false, formerSecret: { hash: hashOfSecret(former), endsAt: new Date() } });

    expect([disabled.refusalOf(secret), disabled.refusalOf(former)]).toEqual(['inactive', 'inactive']);
    expect(disabled.refusalOf('wrong')).toBe('wrong-secret');
  });

  it('is nobody under an id that is not known, whatever the secret', () => {
    for (const given of [secret, '', '0'.repeat(64)]) expect(Customer.NOBODY.refusalOf(given)).toBe('unknown');
  });

  it('has a secret that can be told from other texts, and that nobody else has', () => {
    const secrets = new Set(Array.from({ length: 100 }, newSecret));

    expect(secrets.size).toBe(100);
    for (const one of secrets) expect(one).toMatch(/^exsk_[\w-]{43}$/);
  });
});
