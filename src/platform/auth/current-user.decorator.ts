import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { UserPrincipal, CustomerPrincipal } from './principal';

export interface AuthenticatedRequest extends Request {
  caller?: UserPrincipal;
  /** On routes for external systems, instead. */
  customer?: CustomerPrincipal;
  /** When the token or the signed link of the request ends; the credentials of external systems have no end. */
  credentialEndsAt?: Date;
}

/** The caller that the token guard found. Only for routes that are not public. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): UserPrincipal => {
  const { caller } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!caller) throw new Error('A route that asks for its caller must not be public');
  return caller;
});
