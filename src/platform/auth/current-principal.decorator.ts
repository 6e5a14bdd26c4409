import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { type CustomerPrincipal, isCustomer, type Principal, type UserPrincipal } from './principal';

/** A request after its guard. */
export interface AuthenticatedRequest extends Request {
  /** Missing on public routes, and where a signed link opened the route. */
  principal?: UserPrincipal | CustomerPrincipal;
  /** When the token or the signed link of the request expires; the credentials of external systems do not. */
  credentialEndsAt?: Date;
}

/** The user or the external system that the guard authenticated. Not for public routes. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal =>
  authenticatedPrincipal(context),
);

/** The user that the token guard authenticated. Not for routes of external systems. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): UserPrincipal => {
  const principal = authenticatedPrincipal(context);
  if (isCustomer(principal)) throw new Error('A route of external systems has no current user');
  return principal;
});

function authenticatedPrincipal(context: ExecutionContext): UserPrincipal | CustomerPrincipal {
  const { principal } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!principal) throw new Error('A public route has no current principal');
  return principal;
}
