import { createHash } from 'node:crypto';
import { type Principal, principalKey } from './auth/principal';

/** A creating request under the client's idempotency key. */
export interface IdempotentRequest {
  readonly owner: string;
  readonly key: string;
  readonly fingerprint: string;
}

/** @param parts everything that identifies a request: what is created, from what, and how */
export function idempotentRequest(
  principal: Principal,
  key: string,
  ...parts: readonly (string | Uint8Array)[]
): IdempotentRequest {
  const hash = createHash('sha256');
  // The length before each part keeps ['ab', 'c'] and ['a', 'bc'] apart.
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return { owner: principalKey(principal), key, fingerprint: hash.digest('hex') };
}
