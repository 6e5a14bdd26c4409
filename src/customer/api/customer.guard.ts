import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ChallengeException } from '../../platform/auth/challenge.exception';
import type { AuthenticatedRequest } from '../../platform/auth/current-principal.decorator';
import { CustomerService } from '../model/services/customer.service';
import type { Request } from 'express';
import type { CustomerCredentials } from '../model/services/customer.service';

const CHALLENGE = 'Basic realm="Export Service", charset="UTF-8"';

/** Lets in external systems that prove themselves by id and secret, and tells nobody else why not. */
@Injectable()
export class CustomerGuard implements CanActivate {
  constructor(private readonly customers: CustomerService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    // Many clients ask without credentials first, to be told which are wanted: that is no failed attempt.
    const credentials = readCredentials(request);
    const customer = credentials && (await this.customers.authenticate(credentials, request.ip));
    if (!customer) {
      throw new ChallengeException('Give the id and the secret of an active customer, by HTTP Basic', CHALLENGE);
    }
    request.principal = customer;
    return true;
  }
}

/** How a browser marks a request that a page of another origin made it send. */
const CROSS_ORIGIN_SITES: readonly unknown[] = ['cross-site', 'same-site'];

/**
 * The id and the secret that a request brings: in the two headers of their own, else by HTTP Basic, which a proxy may
 * want for itself.
 * @returns `null` when it brings neither; what is there but cannot be read is an id and a secret that nobody has
 */
export function readCredentials(request: Request): CustomerCredentials | null {
  const [id, secret] = [request.get('X-Customer-Id'), request.get('X-Customer-Secret')];
  if (id !== undefined && secret !== undefined) return { id, secret };
  // A browser remembers HTTP Basic, and would prove whatever page makes it ask.
  if (isCrossOrigin(request)) return null;
  const [, encoded] = /^Basic(?: +(.*)|$)/i.exec(request.headers.authorization ?? '') ?? [];
  return encoded === undefined ? null : decodeBasic(encoded);
}

/** By what every browser says of itself; by the origin where it says nothing, as over plain HTTP. */
function isCrossOrigin(request: Request): boolean {
  const [site, origin] = [request.get('Sec-Fetch-Site'), request.get('Origin')];
  if (site !== undefined) return CROSS_ORIGIN_SITES.includes(site);
  return origin !== undefined && !(URL.canParse(origin) && new URL(origin).host === request.get('Host'));
}

function decodeBasic(encoded: string): CustomerCredentials {
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? { id: text, secret: '' } : { id: text.slice(0, colon), secret: text.slice(colon + 1) };
}
