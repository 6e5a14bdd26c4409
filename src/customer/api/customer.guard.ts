import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  applyDecorators,
  createParamDecorator,
  UseGuards,
} from '@nestjs/common';
import type { Request } from 'express';
import { ApiSecurity, ApiTags } from '@nestjs/swagger';
import { ChallengeException } from '../../platform/auth/challenge.exception';
import type { AuthenticatedRequest } from '../../platform/auth/current-principal.decorator';
import { CustomerService, type CustomerCredentials } from '../model/services/customer.service';
import { type CustomerPrincipal, isCustomer } from '../../platform/auth/principal';
import { Public } from '../../platform/auth/public.decorator';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { OperationInfix } from '../../platform/http/operation-id';
import { securityScheme } from '../../platform/http/open-api-components';

const BASIC = securityScheme('customer', {
  type: 'http',
  scheme: 'basic',
  description: 'An external system: its id and its secret',
});
const ID_HEADER = securityScheme('customer-id', { type: 'apiKey', in: 'header', name: 'X-Customer-Id' });
const SECRET_HEADER = securityScheme('customer-secret', { type: 'apiKey', in: 'header', name: 'X-Customer-Secret' });

/** A route or controller for external systems only. Its module imports CustomerModule. */
export function ForCustomers(): ClassDecorator & MethodDecorator {
  return applyDecorators(
    Public(),
    UseGuards(CustomerGuard),
    OperationInfix('Customer'),
    ApiTags('External systems'),
    ApiSecurity(BASIC),
    ApiSecurity({ [ID_HEADER]: [], [SECRET_HEADER]: [] }),
    ApiProblems(401, 429),
  );
}

/** The authenticated external system. */
export const CurrentCustomer = createParamDecorator((_: unknown, context: ExecutionContext): CustomerPrincipal => {
  const { principal } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!principal || !isCustomer(principal)) throw new Error('CurrentCustomer needs a route with @ForCustomers()');
  return principal;
});

const CHALLENGE = 'Basic realm="Export Service", charset="UTF-8"';

/** Authenticates external systems by id and secret. A refusal does not say why. */
@Injectable()
export class CustomerGuard implements CanActivate {
  constructor(private readonly customers: CustomerService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    // Many clients send a request without credentials first, for the challenge. That is not a
    // failed attempt.
    const credentials = readCredentials(request);
    const customer = credentials && (await this.customers.authenticate(credentials, request.ip));
    if (!customer) {
      throw new ChallengeException('Give the id and the secret of an active customer, by HTTP Basic', CHALLENGE);
    }
    request.principal = customer;
    return true;
  }
}

/** Values of Sec-Fetch-Site for requests that a page of another origin caused. */
const CROSS_ORIGIN_SITES: readonly unknown[] = ['cross-site', 'same-site'];

/**
 * Reads the id and secret of a request from the X-Customer headers, or else from HTTP Basic, which
 * a proxy may use itself.
 * @returns `null` without credentials; malformed credentials are returned as an id and secret that
 * match nobody
 */
export function readCredentials(request: Request): CustomerCredentials | null {
  const [id, secret] = [request.get('X-Customer-Id'), request.get('X-Customer-Secret')];
  if (id !== undefined && secret !== undefined) return { id, secret };
  // A browser sends remembered Basic credentials with requests of any page.
  if (isCrossOrigin(request)) return null;
  const [, encoded] = /^Basic(?: +(.*)|$)/i.exec(request.headers.authorization ?? '') ?? [];
  return encoded === undefined ? null : decodeBasic(encoded);
}

/** By Sec-Fetch-Site, or by Origin where browsers do not send it, as over plain HTTP. */
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
