import { Injectable } from '@nestjs/common';
import { signToken } from '../../../platform/auth/signed-token';
import { TokenVerifier, type VerifiedToken } from '../../../platform/auth/token-verifier';
import { Config } from '../../../platform/config/config';
import { DomainError } from '../../../platform/errors/domain-error';
import { parseSignInCode, type SignInCode } from '../domain/sign-in-code';
import { UsedSignInLinks } from '../domain/used-sign-in-links';

export interface AccessToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/**
 * Exchanges the codes of sign-in links for tokens. Failures need no limit: a code has an HMAC of 256 bits, and one that is
 * not genuine costs one HMAC and no query.
 */
@Injectable()
export class SignInService {
  private readonly secret: Uint8Array | null;

  constructor(
    private readonly config: Config,
    private readonly tokens: TokenVerifier,
    private readonly usedLinks: UsedSignInLinks,
  ) {
    const { jwtSecret } = config.auth;
    this.secret = config.console.isOn && jwtSecret !== undefined ? new TextEncoder().encode(jwtSecret) : null;
  }

  /** Whether there is a secret to verify sign-in links and to sign tokens, and a console to sign in to. */
  get isAvailable(): boolean {
    return this.secret !== null;
  }

  /**
   * Exchanges a code, once, for a token that every route accepts.
   * @throws DomainError unauthenticated, for a code that is wrong, has expired, or was used
   */
  async exchange(code: string): Promise<AccessToken> {
    const { link, token, verified } = await this.verify(code);
    if (!(await this.usedLinks.use(link, verified.caller))) {
      const message = 'The sign-in link was used before. Create another one.';
      throw new DomainError('unauthenticated', 'sign-in-link-used', message);
    }
    await this.usedLinks.deleteExpired();
    return { token, expiresAt: verified.expiresAt };
  }

  /** Verifies the token too, before the code is used: the settings decide whether they accept such a token. */
  private async verify(code: string): Promise<{ link: SignInCode; token: string; verified: VerifiedToken }> {
    if (this.secret === null) throw invalidLink();
    try {
      const now = Math.floor(Date.now() / 1000);
      const link = parseSignInCode(code, this.secret, now);
      const token = signToken(this.claimsOf(link, now), this.secret);
      return { link, token, verified: await this.tokens.verify(token) };
    } catch {
      throw invalidLink();
    }
  }

  private claimsOf({ personClaims, sessionSeconds }: SignInCode, now: number): Readonly<Record<string, unknown>> {
    const { issuer, audiences, maxAgeSeconds } = this.config.auth;
    const lifetime = Math.min(sessionSeconds, maxAgeSeconds ?? Infinity);
    return { ...personClaims, iss: issuer, aud: audiences[0], iat: now, exp: now + lifetime };
  }
}

function invalidLink(): DomainError {
  const message = 'The sign-in link is not valid or has expired. Create another one.';
  return new DomainError('unauthenticated', 'sign-in-link-invalid', message);
}
