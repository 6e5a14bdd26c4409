import type { Request } from 'express';
import type { CustomerCredentials } from '../model/services/customer.service';

/** How a browser marks a request that a page of another origin made it send. */
const OF_OTHER_ORIGINS: readonly unknown[] = ['cross-site', 'same-site'];

/**
 * The id and the secret that a request brings: in the two headers of their own, else by HTTP Basic, which a proxy may
 * want for itself.
 * @returns `null` when it brings neither; what is there but cannot be read is an id and a secret that nobody has
 */
export function credentialsOf(request: Request): CustomerCredentials | null {
  const [id, secret] = [request.get('X-Customer-Id'), request.get('X-Customer-Secret')];
  if (id !== undefined && secret !== undefined) return { id, secret };
  // A browser remembers HTTP Basic, and would prove whatever page makes it ask.
  if (isOfOtherOrigin(request)) return null;
  const [, encoded] = /^Basic(?: +(.*)|$)/i.exec(request.headers.authorization ?? '') ?? [];
  return encoded === undefined ? null : decoded(encoded);
}

/** By what every browser says of itself; by the origin where it says nothing, as over plain HTTP. */
function isOfOtherOrigin(request: Request): boolean {
  const [site, origin] = [request.get('Sec-Fetch-Site'), request.get('Origin')];
  if (site !== undefined) return OF_OTHER_ORIGINS.includes(site);
  return origin !== undefined && !(URL.canParse(origin) && new URL(origin).host === request.get('Host'));
}

function decoded(encoded: string): CustomerCredentials {
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? { id: text, secret: '' } : { id: text.slice(0, colon), secret: text.slice(colon + 1) };
}
