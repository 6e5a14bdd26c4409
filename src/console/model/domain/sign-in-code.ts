import { isSignedWithSecret, parseTokenOfType } from '../../../platform/auth/signed-token';

/** The type in the header of a code. No route accepts a token of this type. */
const CODE_TYPE = 'console-sign-in';

const MAX_LIFETIME_SECONDS = 10 * 60;
/** How many seconds the clock of the program that made the link may be ahead. */
const CLOCK_TOLERANCE = 60;
const MAX_SESSION_HOURS = 12;
const ID = /^[\w-]{16,100}$/;

/** The code of a sign-in link after its verification. */
export interface SignInCode {
  readonly id: string;
  readonly expiresAt: Date;
  readonly sessionSeconds: number;
  /** The claims about the person, for the token that the code is exchanged for. */
  readonly personClaims: Readonly<Record<string, unknown>>;
}

/**
 * Reads the code of a sign-in link: a JWT of its own type, signed with HS256.
 * @param now in seconds since 1970
 * @throws Error unless the code is genuine and has not expired
 */
export function parseSignInCode(code: string, secret: Uint8Array, now: number): SignInCode {
  const parsed = parseTokenOfType(code, CODE_TYPE);
  if (!isSignedWithSecret(parsed, secret)) throw new Error('The signature is not right');
  const { jti, exp, session_hours: hours, sub, roles, tenant_id, email, locale } = parsed.claims;
  if (typeof jti !== 'string' || !ID.test(jti)) throw new Error('The code has no id');
  if (typeof exp !== 'number' || exp <= now) throw new Error('The code has expired');
  if (exp > now + MAX_LIFETIME_SECONDS + CLOCK_TOLERANCE) throw new Error('The code is valid for too long');
  if (typeof hours !== 'number' || !(hours > 0 && hours <= MAX_SESSION_HOURS))
    throw new Error('The session is too long');
  return {
    id: jti,
    expiresAt: new Date(exp * 1000),
    sessionSeconds: Math.max(1, Math.floor(hours * 3600)),
    personClaims: { sub, roles, tenant_id, email, locale },
  };
}
