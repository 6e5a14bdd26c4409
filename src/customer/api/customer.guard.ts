import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import type { Request } from 'express';
import type { CallingCustomer } from '../../platform/auth/caller';
import { CustomerService } from '../model/services/customer.service';

export interface CustomerRequest extends Request {
  customer?: CallingCustomer;
}

/** Lets in external systems that prove themselves by id and secret. */
@Injectable()
export class CustomerGuard implements CanActivate {
  constructor(private readonly customers: CustomerService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<CustomerRequest>();
    const [id, secret] = [request.get('X-Customer-Id'), request.get('X-Customer-Secret')];
    const customer = id !== undefined && secret !== undefined && (await this.customers.authenticate(id, secret));
    if (!customer) throw new UnauthorizedException('The customer id or the secret is not right');
    request.customer = customer;
    return true;
  }
}
