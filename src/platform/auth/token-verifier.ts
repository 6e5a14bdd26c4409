import { Injectable } from '@nestjs/common';
import {
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { Config } from '../config/config';
import { isMailAddress } from '../mail/mail-address';
import { type Caller, isName } from './caller';

const ASYMMETRIC_ALGORITHMS = ['RS256', 'ES256'];
/** Seconds by which two clocks may differ. */
const clockTolerance = 5;

/** The token proves nothing: malformed, forged, expired, or of an algorithm we do not take. */
class InvalidTokenError extends Error {
  override readonly name = 'InvalidTokenError';
}

/** The keys to check a token with cannot be had now. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError';
}

@Injectable()
export class TokenVerifier {
  private readonly secret: Uint8Array | undefined;
  private readonly keySet: JWTVerifyGetKey | undefined;

  constructor({ auth }: Config) {
    this.secret = auth.jwtSecret === undefined ? undefined : new TextEncoder().encode(auth.jwtSecret);
    this.keySet = auth.jwksUrl === undefined ? undefined : remoteKeySet(new URL(auth.jwksUrl));
  }

  /** @throws InvalidTokenError | KeysUnavailableError */
  async verify(token: string): Promise<Caller> {
    return callerOf(await this.payloadOf(token));
  }

  private async payloadOf(token: string): Promise<JWTPayload> {
    try {
      // The secret serves HS256 alone and the key set never does, so a public key cannot be passed off as a secret.
      if (decodeProtectedHeader(token).alg === 'HS256') {
        if (!this.secret) throw new InvalidTokenError('No secret is configured');
        return (await jwtVerify(token, this.secret, { algorithms: ['HS256'], clockTolerance })).payload;
      }
      if (!this.keySet) throw new InvalidTokenError('No key set is configured');
      return (await jwtVerify(token, this.keySet, { algorithms: ASYMMETRIC_ALGORITHMS, clockTolerance })).payload;
    } catch (error) {
      if (error instanceof KeysUnavailableError) throw error;
      throw new InvalidTokenError('The token is not valid', { cause: error });
    }
  }
}

/** Tells a token signed by an unknown key from a key server that does not answer as it should. */
function remoteKeySet(url: URL): JWTVerifyGetKey {
  const keySet = createRemoteJWKSet(url);
  return async (header, token) => {
    try {
      return await keySet(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      throw new KeysUnavailableError('The key set cannot be had', { cause: error });
    }
  };
}

function callerOf({ sub, roles, tenant_id: tenantId, ...claims }: JWTPayload): Caller {
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
function mailOf({ email, email_verified: verified, locale }: JWTPayload): Pick<Caller, 'email' | 'locale'> {
  return {
    ...(isMailAddress(email) && verified !== false && { email }),
    ...(typeof locale === 'string' && LOCALE.test(locale) && { locale }),
  };
}
