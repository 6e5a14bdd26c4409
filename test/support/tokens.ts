import { SignJWT } from 'jose';

export const TEST_SECRET = 'a-secret-that-only-the-tests-know-0123456789';
export const TEST_LINK_SECRET = 'another-secret-for-links-in-tests-0123456789';
export const TEST_ENCRYPTION_KEY = '5eaf'.repeat(16);

export interface Claims {
  readonly tenant?: string;
  readonly roles?: readonly string[];
  readonly email?: string;
  readonly locale?: string;
  readonly secret?: string;
  /** As jose takes it: a second since 1970 or a span such as `1h` or `-1h`. */
  readonly expires?: string | number;
}

/** A token such as the platform gives its people. */
export function signedToken(
  sub: string,
  { tenant, roles = [], email, locale, secret = TEST_SECRET, expires = '1h' }: Claims = {},
): Promise<string> {
  return new SignJWT({ roles, email, locale, ...(tenant !== undefined && { tenant_id: tenant }) })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(sub)
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(secret));
}
