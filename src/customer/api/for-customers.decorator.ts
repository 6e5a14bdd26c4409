import { applyDecorators, createParamDecorator, type ExecutionContext, UseGuards } from '@nestjs/common';
import { ApiSecurity, ApiTags } from '@nestjs/swagger';
import { type CustomerPrincipal, isCustomer } from '../../platform/auth/principal';
import type { AuthenticatedRequest } from '../../platform/auth/current-principal.decorator';
import { Public } from '../../platform/auth/public.decorator';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { OperationInfix } from '../../platform/http/operation-id';
import { securityScheme } from '../../platform/http/open-api-components';
import { CustomerGuard } from './customer.guard';

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
