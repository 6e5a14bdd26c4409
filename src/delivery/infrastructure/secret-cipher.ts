import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { DomainError } from '../../platform/errors/domain-error';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1';

export interface EncryptionKeys {
  /** Encrypts, and decrypts what it encrypted. */
  readonly key?: Buffer;
  /** Only decrypt. */
  readonly previousKeys: readonly Buffer[];
}

/**
 * Encrypts the secrets of users with a key that is not in the database. The purpose is authenticated with the text, so that
 * a secret encrypted for one destination cannot be used for another.
 */
export class SecretCipher {
  private readonly current: Key | null;
  private readonly keys: ReadonlyMap<string, Key>;

  constructor({ key, previousKeys }: EncryptionKeys) {
    this.current = key === undefined ? null : keyOf(key);
    const all = [...previousKeys.map(keyOf), ...(this.current ? [this.current] : [])];
    this.keys = new Map(all.map((one) => [one.id, one]));
  }

  /**
   * @param purpose must be the same at decryption
   * @throws DomainError invalid, when no key is configured
   */
  encrypt(text: string, purpose: string): string {
    if (!this.current) throw noKeyError();
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.current.bytes, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(associatedData(purpose));
    const encrypted = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${VERSION}.${this.current.id}.${encrypted.toString('base64url')}`;
  }

  /** @throws DecryptionError when the text was changed, has another purpose, or its key is no longer configured */
  decrypt(encrypted: string, purpose: string): string {
    const [version, id = '', text = '', ...more] = encrypted.split('.');
    const bytes = Buffer.from(text, 'base64url');
    if (version !== VERSION || more.length > 0 || bytes.length < NONCE_BYTES + TAG_BYTES) {
      throw new DecryptionError('The stored secret is not an encrypted text');
    }
    const key = this.keys.get(id);
    if (!key) {
      throw new DecryptionError(
        `It was encrypted with the key ${id}, which is neither ENCRYPTION_KEY nor among ENCRYPTION_KEY_PREVIOUS`,
      );
    }
    return decipher(key, bytes, purpose);
  }
}

/** A stored secret cannot be decrypted. */
export class DecryptionError extends Error {
  override readonly name = 'DecryptionError';
}

interface Key {
  /** Identifies the key without revealing it. */
  readonly id: string;
  readonly bytes: Buffer;
}

function keyOf(bytes: Buffer): Key {
  const id = createHash('sha256').update('id of an encryption key\n').update(bytes).digest('hex').slice(0, 8);
  return { id, bytes };
}

function associatedData(purpose: string): Buffer {
  return Buffer.from(`${VERSION}\n${purpose}`);
}

function decipher({ bytes: key }: Key, encrypted: Buffer, purpose: string): string {
  const nonce = encrypted.subarray(0, NONCE_BYTES);
  const cipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associatedData(purpose));
  cipher.setAuthTag(encrypted.subarray(-TAG_BYTES));
  try {
    const text = Buffer.concat([cipher.update(encrypted.subarray(NONCE_BYTES, -TAG_BYTES)), cipher.final()]);
    return text.toString('utf8');
  } catch {
    throw new DecryptionError('It was changed after it was encrypted, or encrypted for another purpose');
  }
}

function noKeyError(): DomainError {
  return DomainError.invalid(
    'no-encryption-key',
    'Secrets cannot be stored yet: the operator of the service has to set ENCRYPTION_KEY.',
  );
}
