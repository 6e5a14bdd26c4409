import { createSha256 } from '../sha256.js';
import { decodeBase64url, encodeBase64url } from './base64url.js';

const TYPE = 'export-manifest+jws';
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** Public Ed25519 keys by their thumbprints (RFC 7638): no key can pretend to be another. */
export type KeySet = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** A compact JWS whose form is right. Nothing of it is trusted before `isSignedBy` says so. */
export interface Jws {
  /** The thumbprint of the key. */
  readonly kid: string;
  /** What is signed, as text. */
  readonly payload: string;
  readonly signedBytes: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
}

/**
 * The Ed25519 keys of a JSON Web Key Set; other keys are left out.
 * @throws TypeError if it is no key set
 */
export async function readKeySet(jwks: unknown): Promise<KeySet> {
  const keys = isObject(jwks) ? jwks['keys'] : undefined;
  if (!Array.isArray(keys)) throw new TypeError('A key set is a JSON object with the member "keys".');
  const found = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const key of keys as unknown[]) {
    if (!isObject(key) || key['kty'] !== 'OKP' || key['crv'] !== 'Ed25519' || typeof key['x'] !== 'string') continue;
    const bytes = decodeBase64url(key['x']);
    if (bytes?.length === KEY_BYTES) found.set(await thumbprintOf(key['x']), bytes);
  }
  return found;
}

/** Reads a JWS as strictly as the service writes it; `null` if it could not have been written by the service. */
export function parseJws(text: string): Jws | null {
  const [header = '', payload = '', signature = '', ...others] = text.split('.');
  const decoded = decodeText(header);
  const kid = decoded === null ? null : readKid(decoded);
  const signedText = decodeText(payload);
  const signatureBytes = decodeBase64url(signature);
  if (kid === null || signedText === null || signatureBytes?.length !== SIGNATURE_BYTES || others.length > 0)
    return null;
  if (decoded !== JSON.stringify({ alg: 'EdDSA', kid, typ: TYPE })) return null;
  const signedBytes = new TextEncoder().encode(`${header}.${payload}`);
  return { kid, payload: signedText, signedBytes, signature: signatureBytes };
}

/**
 * Whether the key has signed it.
 * @throws where neither Node nor a WebCrypto that knows Ed25519 is there: old browsers, and pages without HTTPS
 */
export async function isSignedBy(key: Uint8Array<ArrayBuffer>, { signedBytes, signature }: Jws): Promise<boolean> {
  const { process } = globalThis as { readonly process?: NodeProcess };
  const node = process?.getBuiltinModule?.('node:crypto');
  if (node) {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: encodeBase64url(key) };
    return node.verify(null, signedBytes, node.createPublicKey({ key: jwk, format: 'jwk' }), signature);
  }
  const { subtle } = globalThis.crypto;
  const imported = await subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
  return subtle.verify('Ed25519', imported, signature, signedBytes);
}

interface NodeProcess {
  getBuiltinModule?(name: 'node:crypto'): {
    createPublicKey(key: { readonly key: object; readonly format: 'jwk' }): object;
    verify(algorithm: null, data: Uint8Array, key: object, signature: Uint8Array): boolean;
  };
}

async function thumbprintOf(x: string): Promise<string> {
  const digest = await createSha256();
  digest.update(new TextEncoder().encode(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x })));
  const bytes = digest.hex().match(/../g) ?? [];
  return encodeBase64url(Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16)));
}

function readKid(header: string): string | null {
  try {
    const { kid } = JSON.parse(header) as { kid?: unknown };
    return typeof kid === 'string' ? kid : null;
  } catch {
    return null;
  }
}

function decodeText(text: string): string | null {
  const bytes = decodeBase64url(text);
  return bytes === null ? null : decodeUtf8(bytes);
}

/** `null` unless it is UTF-8. A byte order mark stays a character. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
