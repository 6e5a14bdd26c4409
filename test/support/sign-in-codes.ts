import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { TEST_SECRET } from './tokens';

interface CodeTraits {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly secret?: string;
  readonly type?: string;
  readonly id?: string | null;
  /** As jose takes it. */
  readonly expires?: string;
  readonly hours?: unknown;
}

/** The code of a sign-in link, as `npm run console-link` makes it. */
export function signInCode(
  sub: string,
  {
    claims,
    secret = TEST_SECRET,
    type = 'console-sign-in',
    id = randomUUID(),
    expires = '10m',
    hours = 12,
  }: CodeTraits = {},
): Promise<string> {
  return new SignJWT({ roles: [], session_hours: hours, ...(id !== null && { jti: id }), ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: type })
    .setSubject(sub)
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(secret));
}
