import { randomBytes } from 'node:crypto';
import { DomainError } from '../../platform/errors/domain-error';
import { DecryptionError, SecretCipher } from './secret-cipher';

const KEY = Buffer.alloc(32, 7);
const cipher = new SecretCipher({ key: KEY, previousKeys: [] });

/** The encrypted text with one bit of one byte of its last part flipped. */
function tampered(encrypted: string, at: number): string {
  const [version, id, text] = encrypted.split('.');
  const bytes = Buffer.from(text!, 'base64url');
  bytes[(at + bytes.length) % bytes.length]! ^= 1;
  return [version, id, bytes.toString('base64url')].join('.');
}

describe('SecretCipher', () => {
  it.each(['', 'a secret', 'секрет 🔑', 'x'.repeat(100_000)])('decrypts what it encrypted', (text) => {
    const encrypted = cipher.encrypt(text, 'tests');

    expect(cipher.decrypt(encrypted, 'tests')).toBe(text);
    expect(encrypted).toMatch(/^v1\.[0-9a-f]{8}\.[\w-]+$/);
  });

  it('reveals neither the text nor the key nor that two texts are equal', () => {
    const [one, other] = [cipher.encrypt('hunter2', 'tests'), cipher.encrypt('hunter2', 'tests')];

    expect(one).not.toBe(other);
    expect(Buffer.from(one.split('.')[2]!, 'base64url').toString('latin1')).not.toContain('hunter2');
    expect(one).not.toContain(KEY.toString('hex').slice(0, 8));
  });

  it('rejects a text that was changed anywhere', () => {
    const encrypted = cipher.encrypt('a secret', 'tests');
    const length = Buffer.from(encrypted.split('.')[2]!, 'base64url').length;

    for (let at = 0; at < length; at += 1) {
      expect(() => cipher.decrypt(tampered(encrypted, at), 'tests')).toThrow(DecryptionError);
    }
  });

  it.each(['', 'a secret', 'v1.12345678', 'v2.12345678.AAAA', 'v1..'])(
    'rejects a text that it did not encrypt: %j',
    (text) => {
      expect(() => cipher.decrypt(text, 'tests')).toThrow(DecryptionError);
    },
  );

  it('rejects a text that was shortened or extended', () => {
    const encrypted = cipher.encrypt('a secret', 'tests');

    for (const text of [encrypted.slice(0, -4), `${encrypted}AAAA`, `${encrypted}.AAAA`, encrypted.slice(0, 20)]) {
      expect(() => cipher.decrypt(text, 'tests')).toThrow(DecryptionError);
    }
  });

  it('rejects a text that was encrypted for another purpose', () => {
    const encrypted = cipher.encrypt('a secret', 'tests');

    expect(() => cipher.decrypt(encrypted, 'other tests')).toThrow('encrypted for another purpose');
  });

  it('decrypts with previous keys, encrypts with the current key, and names a missing key', () => {
    const rotated = new SecretCipher({ key: randomBytes(32), previousKeys: [randomBytes(32), KEY] });
    const old = cipher.encrypt('a secret', 'tests');

    expect(rotated.decrypt(old, 'tests')).toBe('a secret');
    expect(rotated.decrypt(rotated.encrypt('another', 'tests'), 'tests')).toBe('another');
    expect(() => cipher.decrypt(rotated.encrypt('another', 'tests'), 'tests')).toThrow(/ENCRYPTION_KEY_PREVIOUS/);
  });

  it('encrypts nothing without a key, and says what to configure', () => {
    const keyless = new SecretCipher({ previousKeys: [KEY] });

    expect(() => keyless.encrypt('a secret', 'tests')).toThrow(DomainError);
    expect(() => keyless.encrypt('a secret', 'tests')).toThrow(/ENCRYPTION_KEY/);
    expect(keyless.decrypt(cipher.encrypt('a secret', 'tests'), 'tests')).toBe('a secret');
  });
});
