import { sha256 } from '@noble/hashes/sha2.js';
import type { Sha256 } from './sha256.js';

/** A module of its own, so that bundlers leave out the other digests of the library. */
export function createPortableSha256(): Sha256 {
  const hash = sha256.create();
  return {
    update: (bytes) => {
      hash.update(bytes);
    },
    hex: () => Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, '0')).join(''),
  };
}
