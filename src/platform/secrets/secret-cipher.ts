import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { DomainError } from '../errors/domain-error';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1';

export interface EncryptionKeys {
  /** Seals, and opens what it sealed. */
  readonly key?: Buffer;
  /** Only open. */
  readonly previousKeys: readonly Buffer[];
}

/**
 * Keeps secrets that users entrust to the service: what is stored of them is of no use without a key that is not in the
 * database. What was sealed for one purpose cannot be passed off as sealed for another.
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
   * @param purpose the same is needed to open it
   * @throws DomainError invalid, where the operator gave no key
   */
  seal(text: string, purpose: string): string {
    if (!this.current) throw noKeyError();
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.current.bytes, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(associatedData(purpose));
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${VERSION}.${this.current.id}.${sealed.toString('base64url')}`;
  }

  /** @throws DecryptionError when it was changed, is for another purpose, or its key is not there any more */
  open(sealed: string, purpose: string): string {
    const [version, id = '', text = '', ...more] = sealed.split('.');
    const bytes = Buffer.from(text, 'base64url');
    if (version !== VERSION || more.length > 0 || bytes.length < NONCE_BYTES + TAG_BYTES) {
      throw new DecryptionError('What should be sealed is not');
    }
    const key = this.keys.get(id);
    if (!key) {
      throw new DecryptionError(
        `It was sealed with the key ${id}, which is neither ENCRYPTION_KEY nor among ENCRYPTION_KEY_PREVIOUS`,
      );
    }
    return decipher(key, bytes, purpose);
  }
}

/** What is sealed cannot be opened. */
export class DecryptionError extends Error {
  override readonly name = 'DecryptionError';
}

interface Key {
  /** Tells keys apart, and nothing of what they are. */
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

function decipher({ bytes: key }: Key, sealed: Buffer, purpose: string): string {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const opener = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  opener.setAAD(associatedData(purpose));
  opener.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    const opened = Buffer.concat([opener.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), opener.final()]);
    return opened.toString('utf8');
  } catch {
    throw new DecryptionError('It was changed after it was sealed, or sealed for something else');
  }
}

function noKeyError(): DomainError {
  return DomainError.invalid(
    'no-encryption-key',
    'Secrets cannot be kept here yet: whoever runs the service has to set ENCRYPTION_KEY.',
  );
}
