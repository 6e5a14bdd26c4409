import { randomBytes } from 'node:crypto';
import { DomainError } from '../errors/domain-error';
import { DecryptionError, SecretCipher } from './secret-cipher';

const KEY = Buffer.alloc(32, 7);
const sealer = new SecretCipher({ key: KEY, previousKeys: [] });

/** The sealed text with one bit of one byte of its last part turned around. */
function tampered(sealed: string, at: number): string {
  const [version, id, text] = sealed.split('.');
  const bytes = Buffer.from(text!, 'base64url');
  bytes[(at + bytes.length) % bytes.length]! ^= 1;
  return [version, id, bytes.toString('base64url')].join('.');
}

describe('SecretCipher', () => {
  it.each(['', 'a secret', 'секрет 🔑', 'x'.repeat(100_000)])('gives back what it sealed', (text) => {
    const sealed = sealer.seal(text, 'tests');

    expect(sealer.open(sealed, 'tests')).toBe(text);
    expect(sealed).toMatch(/^v1\.[0-9a-f]{8}\.[\w-]+$/);
  });

  it('shows nothing of the text or the key, nor that two texts are the same', () => {
    const [one, other] = [sealer.seal('hunter2', 'tests'), sealer.seal('hunter2', 'tests')];

    expect(one).not.toBe(other);
    expect(Buffer.from(one.split('.')[2]!, 'base64url').toString('latin1')).not.toContain('hunter2');
    expect(one).not.toContain(KEY.toString('hex').slice(0, 8));
  });

  it('opens nothing that was changed anywhere', () => {
    const sealed = sealer.seal('a secret', 'tests');
    const length = Buffer.from(sealed.split('.')[2]!, 'base64url').length;

    for (let at = 0; at < length; at += 1) {
      expect(() => sealer.open(tampered(sealed, at), 'tests')).toThrow(DecryptionError);
    }
  });

  it.each(['', 'a secret', 'v1.12345678', 'v2.12345678.AAAA', 'v1..'])(
    'opens nothing that it did not seal: %j',
    (text) => {
      expect(() => sealer.open(text, 'tests')).toThrow(DecryptionError);
    },
  );

  it('opens nothing that was cut short or made longer', () => {
    const sealed = sealer.seal('a secret', 'tests');

    for (const text of [sealed.slice(0, -4), `${sealed}AAAA`, `${sealed}.AAAA`, sealed.slice(0, 20)]) {
      expect(() => sealer.open(text, 'tests')).toThrow(DecryptionError);
    }
  });

  it('opens nothing for another purpose', () => {
    const sealed = sealer.seal('a secret', 'tests');

    expect(() => sealer.open(sealed, 'other tests')).toThrow('sealed for something else');
  });

  it('opens with a former key, seals with the one of now, and names a key that is gone', () => {
    const rotated = new SecretCipher({ key: randomBytes(32), previousKeys: [randomBytes(32), KEY] });
    const old = sealer.seal('a secret', 'tests');

    expect(rotated.open(old, 'tests')).toBe('a secret');
    expect(rotated.open(rotated.seal('another', 'tests'), 'tests')).toBe('another');
    expect(() => sealer.open(rotated.seal('another', 'tests'), 'tests')).toThrow(/ENCRYPTION_KEY_PREVIOUS/);
  });

  it('seals nothing without a key, and says what to do', () => {
    const keyless = new SecretCipher({ previousKeys: [KEY] });

    expect(() => keyless.seal('a secret', 'tests')).toThrow(DomainError);
    expect(() => keyless.seal('a secret', 'tests')).toThrow(/ENCRYPTION_KEY/);
    expect(keyless.open(sealer.seal('a secret', 'tests'), 'tests')).toBe('a secret');
  });
});
