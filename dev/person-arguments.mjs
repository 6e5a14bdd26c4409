// @ts-check
// What the programs share that sign something for a person: their arguments, the claims, and the secret.
import { developmentSecrets } from './secrets.mjs';

/** How the person is given. */
export const personUsage =
  '--sub <user id> [--role admin] [--tenant <id>] [--email <address>] [--locale uk] [--hours 12]';

/**
 * @typedef {object} Person
 * @property {string} subject
 * @property {string[]} roles
 * @property {string} [tenant]
 * @property {string} [email]
 * @property {string} [locale]
 * @property {number} hours how long the person is signed in
 */

/**
 * @template {string} Further
 * @param {string} usage
 * @param {Further[]} further the names of other options
 * @returns {Promise<Person & { further: Partial<Record<Further, string>> }>}
 */
export async function readPerson(usage, further = []) {
  const { parseArgs } = await import('node:util');
  /** @type {Record<string, any>} */
  const { values } = parseArgs({
    options: {
      sub: { type: 'string' },
      role: { type: 'string', multiple: true, default: [] },
      tenant: { type: 'string' },
      email: { type: 'string' },
      locale: { type: 'string' },
      hours: { type: 'string', default: '12' },
      ...Object.fromEntries(further.map((name) => [name, { type: /** @type {const} */ ('string') }])),
    },
  });
  const hours = Number(values.hours);
  if (!values.sub || !(hours > 0)) throw new Error(usage);
  const { sub: subject, role: roles, tenant, email, locale } = values;
  const found = /** @type {any} */ (Object.fromEntries(further.map((name) => [name, values[name]])));
  return { subject, roles, tenant, email, locale, hours, further: found };
}

/**
 * Signs with the secret of this checkout's services, or of the environment.
 * @param {Person} person
 * @param {object} options
 * @param {string} options.type in the header
 * @param {number} options.seconds how long it is valid
 * @param {Record<string, unknown>} options.claims further ones
 * @returns {Promise<string>} a JWT
 */
export async function signFor({ subject, roles, tenant, email, locale }, { type, seconds, claims }) {
  const { SignJWT } = await import('jose');
  return new SignJWT({
    roles,
    ...(tenant && { tenant_id: tenant }),
    ...(email && { email }),
    ...(locale && { locale }),
    ...claims,
  })
    .setProtectedHeader({ alg: 'HS256', typ: type })
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000 + seconds))
    .sign(new TextEncoder().encode(developmentSecrets().JWT_SECRET));
}
