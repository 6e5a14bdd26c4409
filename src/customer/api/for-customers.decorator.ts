import { applyDecorators, createParamDecorator, type ExecutionContext, UseGuards } from '@nestjs/common';
import type { CallingCustomer } from '../../platform/auth/caller';
import { Public } from '../../platform/auth/public.decorator';
import { CustomerGuard, type CustomerRequest } from './customer.guard';

/** A route for external systems, and for nobody else. Its module imports the CustomerModule. */
export function ForCustomers(): ClassDecorator & MethodDecorator {
  return applyDecorators(Public(), UseGuards(CustomerGuard));
}

/** The external system that the guard let in. */
export const CurrentCustomer = createParamDecorator((_: unknown, context: ExecutionContext): CallingCustomer => {
  const { customer } = context.switchToHttp().getRequest<CustomerRequest>();
  if (!customer) throw new Error('A route that asks for its customer must be one for customers');
  return customer;
});
