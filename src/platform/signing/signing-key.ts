import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** A public key as a JSON Web Key (RFC 8037). */
export interface PublicJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  /** The key, in base64url. */
  readonly x: string;
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: 'EdDSA';
}

/**
 * Reads an Ed25519 key: PEM (PKCS #8), its line breaks also written as `\n`, or the base64 between its markers on one line.
 * @returns `null` for anything else
 */
export function readPrivateKey(text: string): KeyObject | null {
  return read(() => {
    const pem = toPem(text);
    if (pem !== null) return createPrivateKey(pem);
    return createPrivateKey({ key: toDer(text), format: 'der', type: 'pkcs8' });
  }, 'private');
}

/**
 * Reads a public Ed25519 key: SPKI, in the same forms.
 * @returns `null` for anything else, also for a private key
 */
export function readPublicKey(text: string): KeyObject | null {
  return read(() => {
    const pem = toPem(text);
    // Node would derive the public key of a private one, which does not belong into a setting for public keys.
    if (pem !== null) return pem.includes('PRIVATE') ? null : createPublicKey(pem);
    return createPublicKey({ key: toDer(text), format: 'der', type: 'spki' });
  }, 'public');
}

/** A key in the one-line form of settings. */
export function formatKey(key: KeyObject): string {
  const type = key.type === 'private' ? 'pkcs8' : 'spki';
  return key.export({ format: 'der', type } as { format: 'der'; type: 'pkcs8' }).toString('base64');
}

export function createSigningKey(): KeyObject {
  return generateKeyPairSync('ed25519').privateKey;
}

/** @param key private or public: the result never contains the private part */
export function toPublicJwk(key: KeyObject): PublicJwk {
  const { x = '' } = publicPartOf(key).export({ format: 'jwk' });
  return { kty: 'OKP', crv: 'Ed25519', x, kid: thumbprintOf(x), use: 'sig', alg: 'EdDSA' };
}

export function publicPartOf(key: KeyObject): KeyObject {
  return key.type === 'public' ? key : createPublicKey(key);
}

/** The thumbprint of RFC 7638: the required members in the order of their names. */
function thumbprintOf(x: string): string {
  return createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
    .digest('base64url');
}

function read(parse: () => KeyObject | null, type: 'private' | 'public'): KeyObject | null {
  try {
    const key = parse();
    return key?.type === type && key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    // The message of a parser could contain a part of the key.
    return null;
  }
}

function toPem(text: string): string | null {
  return text.includes('-----BEGIN') ? text.replaceAll('\\n', '\n') : null;
}

function toDer(text: string): Buffer {
  const der = Buffer.from(text, 'base64');
  // Node ignores invalid characters. Encoding the bytes again reveals them.
  if (der.toString('base64') !== text.trim()) throw new Error('Not base64');
  return der;
}
