import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ChallengeException } from '../../platform/auth/challenge.exception';
import type { AuthenticatedRequest } from '../../platform/auth/current-principal.decorator';
import { CustomerService } from '../model/services/customer.service';
import { credentialsOf } from './customer-credentials';

const CHALLENGE = 'Basic realm="Export Service", charset="UTF-8"';

/** Lets in external systems that prove themselves by id and secret, and tells nobody else why not. */
@Injectable()
export class CustomerGuard implements CanActivate {
  constructor(private readonly customers: CustomerService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    // Many clients ask without credentials first, to be told which are wanted: that is no failed attempt.
    const credentials = credentialsOf(request);
    const customer = credentials && (await this.customers.authenticate(credentials, request.ip));
    if (!customer) {
      throw new ChallengeException('Give the id and the secret of an active customer, by HTTP Basic', CHALLENGE);
    }
    request.principal = customer;
    return true;
  }
}
