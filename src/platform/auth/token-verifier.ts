import { Injectable } from '@nestjs/common';
import { Config } from '../config/config';
import { isMailAddress } from '../mail/mail-address';
import { type Caller, isName } from './caller';
import { KeysUnavailableError, RemoteKeySet } from './key-set';
import { isSignedWithKey, isSignedWithSecret, parseToken, type SignedToken } from './signed-token';

/** Seconds by which two clocks may differ. */
const CLOCK_TOLERANCE = 5;

type Claims = SignedToken['claims'];

/** The token proves nothing: malformed, forged, expired, or of an algorithm we do not take. */
class InvalidTokenError extends Error {
  override readonly name = 'InvalidTokenError';
}

/**
 * Verifies bearer tokens on the calling thread: work that occupies libuv's thread pool, such as another user's drawing,
 * delays no token check.
 */
@Injectable()
export class TokenVerifier {
  private readonly secret: Uint8Array | undefined;
  private readonly keySet: RemoteKeySet | undefined;

  constructor({ auth }: Config) {
    this.secret = auth.jwtSecret === undefined ? undefined : new TextEncoder().encode(auth.jwtSecret);
    this.keySet = auth.jwksUrl === undefined ? undefined : new RemoteKeySet(new URL(auth.jwksUrl));
  }

  /** @throws InvalidTokenError | KeysUnavailableError */
  async verify(token: string): Promise<Caller> {
    return callerOf(await this.claimsOf(token));
  }

  private async claimsOf(token: string): Promise<Claims> {
    try {
      const parsed = parseToken(token);
      if (!(await this.isSigned(parsed))) throw new Error('The signature is not right');
      checkTimes(parsed.claims);
      return parsed.claims;
    } catch (error) {
      if (error instanceof KeysUnavailableError) throw error;
      throw new InvalidTokenError('The token is not valid', { cause: error });
    }
  }

  /** The secret serves HS256 alone and the key set never does, so a public key cannot be passed off as a secret. */
  private async isSigned(token: SignedToken): Promise<boolean> {
    if (token.algorithm === 'HS256') return this.secret !== undefined && isSignedWithSecret(token, this.secret);
    return this.keySet !== undefined && isSignedWithKey(token, await this.keySet.find(token));
  }
}

/** @throws Error when the token has expired or is not valid yet */
function checkTimes({ exp, nbf, iat }: Claims): void {
  const now = Math.floor(Date.now() / 1000);
  for (const time of [exp, nbf, iat]) {
    if (time !== undefined && typeof time !== 'number') throw new Error('A time of the token is not a number');
  }
  if (typeof nbf === 'number' && nbf > now + CLOCK_TOLERANCE) throw new Error('The token is not valid yet');
  if (typeof exp === 'number' && exp <= now - CLOCK_TOLERANCE) throw new Error('The token has expired');
}

function callerOf({ sub, roles, tenant_id: tenantId, ...claims }: Claims): Caller {
  if (!isName(sub)) throw new InvalidTokenError('The token names no user');
  if (tenantId != null && !isName(tenantId)) throw new InvalidTokenError('The tenant of the token is not a name');
  return {
    userId: sub,
    tenantId: tenantId ?? null,
    roles: Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [],
    ...mailOf(claims),
  };
}

const LOCALE = /^[a-z]{2,3}([-_][a-z0-9]{2,8}){0,3}$/i;

/** What cannot be used is passed over: it opens no door, and closes none. */
function mailOf({ email, email_verified: verified, locale }: Claims): Pick<Caller, 'email' | 'locale'> {
  return {
    ...(isMailAddress(email) && verified !== false && { email }),
    ...(typeof locale === 'string' && LOCALE.test(locale) && { locale }),
  };
}
