import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { Caller, CallingCustomer } from './caller';

export interface AuthenticatedRequest extends Request {
  caller?: Caller;
  /** On routes for external systems, instead. */
  customer?: CallingCustomer;
  /** When the token or the signed link of the request ends; the credentials of external systems have no end. */
  credentialEndsAt?: Date;
}

/** The caller that the token guard found. Only for routes that are not public. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!caller) throw new Error('A route that asks for its caller must not be public');
  return caller;
});
