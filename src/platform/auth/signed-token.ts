import { constants, createHmac, type KeyObject, timingSafeEqual, verify } from 'node:crypto';

/** The signature algorithms that are accepted. */
export type SignatureAlgorithm = 'HS256' | 'RS256' | 'ES256';

/** The types of access tokens. Other tokens, such as ID or logout tokens, are refused. */
const ACCEPTED_TYPES: readonly string[] = ['jwt', 'at+jwt'];
const MIN_RSA_BITS = 2048;
const ES256_SIGNATURE_BYTES = 64;

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The parts of a JWT in compact form (RFC 7515, 7519). Nothing in it is trusted before the signature is verified. */
export interface SignedToken {
  readonly algorithm: SignatureAlgorithm;
  readonly keyId: string | undefined;
  /** Valid only if the signature is. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** The bytes that were signed. */
  readonly signedBytes: Buffer;
  readonly signature: Buffer;
}

/** @throws Error unless it is a well-formed access token with an accepted algorithm and type */
export function parseToken(token: string): SignedToken {
  return parse(token, (type) => type === undefined || isAcceptedType(type));
}

/**
 * Parses a token that is not an access token.
 * @param type in its header, exactly as it is written
 * @throws Error unless it is a well-formed token with an accepted algorithm and the type
 */
export function parseTokenOfType(token: string, type: string): SignedToken {
  return parse(token, (given) => given === type);
}

function parse(token: string, acceptsType: (type: unknown) => boolean): SignedToken {
  const parts = token.split('.');
  const [header = '', payload = '', signature = ''] = parts;
  if (parts.length !== 3) throw new Error('A token has three parts');
  const { alg, kid, typ, crit, b64 } = parseObject(header);
  if (!isAccepted(alg)) throw new Error('The algorithm is not accepted');
  // Extensions change what is signed or what it means. None is supported.
  if (crit !== undefined || b64 !== undefined) throw new Error('The header has an extension');
  if (!acceptsType(typ)) throw new Error('The type is not accepted');
  if (kid !== undefined && typeof kid !== 'string') throw new Error('The key id is not a text');
  return {
    algorithm: alg,
    keyId: kid,
    claims: parseObject(payload),
    signedBytes: Buffer.from(`${header}.${payload}`),
    signature: decodeBase64url(signature),
  };
}

/** Verifies HMAC-SHA256 on the calling thread, because asynchronous cryptography would wait for libuv's thread pool. */
export function isSignedWithSecret({ algorithm, signedBytes, signature }: SignedToken, secret: Uint8Array): boolean {
  if (algorithm !== 'HS256') return false;
  const expected = hmacOf(signedBytes, secret);
  return signature.length === expected.length && timingSafeEqual(signature, expected);
}

/** Makes an access token with HS256. Claims that are `undefined` are left out. */
export function signToken(claims: Readonly<Record<string, unknown>>, secret: Uint8Array): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${hmacOf(Buffer.from(signed), secret).toString('base64url')}`;
}

function hmacOf(bytes: Buffer, secret: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(bytes).digest();
}

/** Verifies RS256 or ES256, depending on the type of the key, on the calling thread. */
export function isSignedWithKey({ algorithm, signedBytes, signature }: SignedToken, key: KeyObject): boolean {
  if (key.type !== 'public') return false;
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (algorithm === 'RS256' && key.asymmetricKeyType === 'rsa' && modulusLength >= MIN_RSA_BITS) {
    return verify('sha256', signedBytes, { key, padding: constants.RSA_PKCS1_PADDING }, signature);
  }
  if (algorithm === 'ES256' && key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') {
    if (signature.length !== ES256_SIGNATURE_BYTES) return false;
    return verify('sha256', signedBytes, { key, dsaEncoding: 'ieee-p1363' }, signature);
  }
  return false;
}

function isAccepted(algorithm: unknown): algorithm is SignatureAlgorithm {
  return algorithm === 'HS256' || algorithm === 'RS256' || algorithm === 'ES256';
}

/** Media types are compared without case, and `application/` may be left out (RFC 7515, 4.1.9). */
function isAcceptedType(type: unknown): boolean {
  return typeof type === 'string' && ACCEPTED_TYPES.includes(type.toLowerCase().replace(/^application\//, ''));
}

function parseObject(part: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(strictUtf8.decode(decodeBase64url(part)));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('Not a JSON object');
  return value as Record<string, unknown>;
}

/** Node ignores invalid characters and surplus bits. Encoding the bytes again reveals both. */
function decodeBase64url(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) throw new Error('Not base64url');
  return bytes;
}
