const ALPHABET = /^[A-Za-z0-9_-]*$/;
const CHUNK_CHARACTERS = 0x2000;

/** The bytes of a text in base64url (RFC 4648); `null` unless it is the only way to write them: no padding, no other trailing bits. */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!ALPHABET.test(text) || text.length % 4 === 1) return null;
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return encodeBase64url(bytes) === text ? bytes : null;
}

export function encodeBase64url(bytes: Uint8Array): string {
  let binary = '';
  for (let start = 0; start < bytes.length; start += CHUNK_CHARACTERS) {
    binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK_CHARACTERS));
  }
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
