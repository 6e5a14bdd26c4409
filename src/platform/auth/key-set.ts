import { KeyObject } from 'node:crypto';
import {
  createRemoteJWKSet,
  errors,
  type ExportedJWKSCache,
  type JWKSCacheInput,
  jwksCache,
  type RemoteJWKSet,
} from 'jose';
import { errorMessage } from '../async';
import type { SignedToken } from './signed-token';

/** Older keys are refreshed in the background, and still used. */
const REFRESH_AFTER_MS = 10 * 60_000;
/** Older keys are not used: one of them may have been withdrawn. */
const MAX_AGE_MS = 60 * 60_000;
const REFRESH_PAUSE_MS = 30_000;

/** The key set cannot be fetched now. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError';
}

/** The public keys of a JSON Web Key Set. Known keys are available without waiting for its server. */
export class RemoteKeySet {
  private readonly keys: RemoteJWKSet;
  private readonly cache: Partial<ExportedJWKSCache> = {};
  private refreshedAt = 0;

  constructor(url: URL) {
    this.keys = createRemoteJWKSet(url, { cacheMaxAge: MAX_AGE_MS, [jwksCache]: this.cache as JWKSCacheInput });
  }

  /**
   * The key that a token names.
   * @throws JWKSNoMatchingKey | JWKSMultipleMatchingKeys | KeysUnavailableError
   */
  async find({ algorithm, keyId }: SignedToken): Promise<KeyObject> {
    this.refreshInBackground();
    try {
      const header = { alg: algorithm, ...(keyId !== undefined && { kid: keyId }) };
      return KeyObject.from(await this.keys(header));
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      throw new KeysUnavailableError(`The key set cannot be fetched: ${errorMessage(error)}`, { cause: error });
    }
  }

  private refreshInBackground(): void {
    const now = Date.now();
    if (this.cache.uat === undefined || now - this.cache.uat < REFRESH_AFTER_MS) return;
    if (now - this.refreshedAt < REFRESH_PAUSE_MS) return;
    this.refreshedAt = now;
    // Failures are reported when no known key is left.
    this.keys.reload().catch(() => undefined);
  }
}
