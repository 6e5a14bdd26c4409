import type { Request } from 'express';
import type { CustomerCredentials } from '../model/services/customer.service';

/**
 * The id and the secret that a request brings: in the two headers of their own, else by HTTP Basic, which a proxy may
 * want for itself.
 * @returns `null` when it brings neither; what is there but cannot be read is an id and a secret that nobody has
 */
export function credentialsOf(request: Request): CustomerCredentials | null {
  const [id, secret] = [request.get('X-Customer-Id'), request.get('X-Customer-Secret')];
  if (id !== undefined && secret !== undefined) return { id, secret };
  const [, encoded] = /^Basic(?: +(.*)|$)/i.exec(request.headers.authorization ?? '') ?? [];
  return encoded === undefined ? null : decoded(encoded);
}

function decoded(encoded: string): CustomerCredentials {
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? { id: text, secret: '' } : { id: text.slice(0, colon), secret: text.slice(colon + 1) };
}
