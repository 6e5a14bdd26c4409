import { type KeyObject, sign } from 'node:crypto';
import { toPublicJwk } from './signing-key';

/**
 * Signs a text as a compact JWS (RFC 7515) with Ed25519 (RFC 8037), on the calling thread.
 * @param key private
 * @param type the media type of the whole, without `application/`
 */
export function signJws(payload: string, type: string, key: KeyObject): string {
  const header = JSON.stringify({ alg: 'EdDSA', kid: toPublicJwk(key).kid, typ: type });
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}
