/** A new idempotency key: 128 random bits. `crypto.randomUUID` exists in secure contexts only, so not on a page served by HTTP. */
export function newIdempotencyKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
