import { Injectable } from '@nestjs/common';
import { Config } from '../config/config';
import { isMailAddress } from '../mail/mail-address';
import { type UserPrincipal, isName } from './principal';
import { KeysUnavailableError, RemoteKeySet } from './key-set';
import { isSignedWithKey, isSignedWithSecret, parseToken, type SignedToken } from './signed-token';

/** How many seconds two clocks may differ. */
const CLOCK_TOLERANCE = 5;
/** The end of the year 9999, in seconds since 1970. Later times are invalid. */
const MAX_TIME = 253_402_300_799;

type Claims = SignedToken['claims'];

/** The token is malformed, forged or expired, or its algorithm is not accepted. */
class InvalidTokenError extends Error {
  override readonly name = 'InvalidTokenError';
}

/** The user of a token, and when the token expires. */
export interface VerifiedToken {
  readonly caller: UserPrincipal;
  readonly expiresAt: Date;
}

/**
 * Verifies bearer tokens on the calling thread, so that other work in libuv's thread pool does not delay it.
 */
@Injectable()
export class TokenVerifier {
  private readonly secret: Uint8Array | undefined;
  private readonly keySet: RemoteKeySet | undefined;

  constructor(private readonly config: Config) {
    const { jwtSecret, jwksUrl } = config.auth;
    this.secret = jwtSecret === undefined ? undefined : new TextEncoder().encode(jwtSecret);
    this.keySet = jwksUrl === undefined ? undefined : new RemoteKeySet(new URL(jwksUrl));
  }

  /** @throws InvalidTokenError | KeysUnavailableError */
  async verify(token: string): Promise<VerifiedToken> {
    const claims = await this.claimsOf(token);
    const caller = callerOf(claims);
    if (this.config.auth.requiresTenant && caller.tenantId === null) {
      throw new InvalidTokenError('The token names no tenant');
    }
    return { caller, expiresAt: new Date(claims.exp * 1000) };
  }

  private async claimsOf(token: string): Promise<Claims & { readonly exp: number }> {
    try {
      const parsed = parseToken(token);
      if (!(await this.isSigned(parsed))) throw new Error('The signature is not right');
      const { issuer, audiences, maxAgeSeconds } = this.config.auth;
      checkOrigin(parsed.claims, issuer, audiences);
      return { ...parsed.claims, exp: checkTimes(parsed.claims, maxAgeSeconds) };
    } catch (error) {
      if (error instanceof KeysUnavailableError) throw error;
      throw new InvalidTokenError('The token is not valid', { cause: error });
    }
  }

  /** HS256 uses the secret only, never the key set, so that a public key cannot be abused as a secret. */
  private async isSigned(token: SignedToken): Promise<boolean> {
    if (token.algorithm === 'HS256') return this.secret !== undefined && isSignedWithSecret(token, this.secret);
    return this.keySet !== undefined && isSignedWithKey(token, await this.keySet.find(token));
  }
}

/** @throws Error when the issuer or the audience is wrong (RFC 7519, 4.1.1 and 4.1.3) */
function checkOrigin({ iss, aud }: Claims, issuer: string | undefined, audiences: readonly string[]): void {
  if (issuer !== undefined && iss !== issuer) throw new Error('Another issuer made the token');
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (audiences.length > 0 && !named.some((one) => audiences.includes(one as string))) {
    throw new Error('The token is meant for another audience');
  }
}

/**
 * @param maxAgeSeconds the maximum age of the token; `null` for any age
 * @returns when the token expires
 * @throws Error when the token has expired, is too old or is not valid yet
 */
function checkTimes({ exp, nbf, iat }: Claims, maxAgeSeconds: number | null): number {
  const now = Math.floor(Date.now() / 1000);
  if (!isTime(exp)) throw new Error('The token does not say when it expires');
  if (nbf !== undefined && !isTime(nbf)) throw new Error('The token does not say from when on it is valid');
  if (iat !== undefined && !isTime(iat)) throw new Error('The token does not say when it was issued');
  if (nbf !== undefined && nbf > now + CLOCK_TOLERANCE) throw new Error('The token is not valid yet');
  if (exp <= now - CLOCK_TOLERANCE) throw new Error('The token has expired');
  if (maxAgeSeconds !== null) {
    if (iat === undefined) throw new Error('The token does not say when it was issued');
    if (iat > now + CLOCK_TOLERANCE) throw new Error('The token was issued in the future');
    if (iat <= now - maxAgeSeconds - CLOCK_TOLERANCE) throw new Error('The token is too old');
  }
  return exp;
}

/** Whether the value is a NumericDate (RFC 7519, 2) since 1970. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MAX_TIME;
}

function callerOf({ sub, roles, tenant_id: tenantId, ...claims }: Claims): UserPrincipal {
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

/** Some issuers write a string. Issuers that leave it out only issue verified addresses. */
const VERIFIED: readonly unknown[] = [undefined, true, 'true'];

/** Unusable values are ignored, because no permission depends on them. */
function mailOf({ email, email_verified: verified, locale }: Claims): Pick<UserPrincipal, 'email' | 'locale'> {
  return {
    ...(isMailAddress(email) && VERIFIED.includes(verified) && { email }),
    ...(typeof locale === 'string' && LOCALE.test(locale) && { locale }),
  };
}
