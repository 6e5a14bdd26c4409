import { applyDecorators, createParamDecorator, type ExecutionContext, UseGuards } from '@nestjs/common';
import { ApiSecurity, ApiTags } from '@nestjs/swagger';
import { type CustomerPrincipal, isCustomer } from '../../platform/auth/principal';
import type { AuthenticatedRequest } from '../../platform/auth/current-principal.decorator';
import { Public } from '../../platform/auth/public.decorator';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { CUSTOMER_BASIC, CUSTOMER_ID_HEADER, CUSTOMER_SECRET_HEADER } from '../../platform/http/open-api';
import { CustomerGuard } from './customer.guard';

/** A route for external systems, and for nobody else. Its module imports the CustomerModule. */
export function ForCustomers(): ClassDecorator & MethodDecorator {
  return applyDecorators(
    Public(),
    UseGuards(CustomerGuard),
    ApiTags('External systems'),
    ApiSecurity(CUSTOMER_BASIC),
    ApiSecurity({ [CUSTOMER_ID_HEADER]: [], [CUSTOMER_SECRET_HEADER]: [] }),
    ApiProblems(401, 429),
  );
}

/** The external system that the guard let in. */
export const CurrentCustomer = createParamDecorator((_: unknown, context: ExecutionContext): CustomerPrincipal => {
  const { principal } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!principal || !isCustomer(principal))
    throw new Error('A route that asks for its customer must be one for customers');
  return principal;
});
