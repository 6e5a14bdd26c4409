import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  Injectable,
  SetMetadata,
  UseGuards,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';
import type { AuthenticatedRequest } from '../auth/current-principal.decorator';
import { Config, type RequestLimitName } from '../config/config';
import { RateLimitUses } from '../database/rate-limit-uses';
import { rateLimitHeaders } from '../rate-limit';

const RATE_LIMITED = 'rate-limited';

/**
 * Limits how often one account may call a route. Repeated and refused requests count too, because each of them costs work.
 */
export function RateLimited(name: RequestLimitName): MethodDecorator {
  return applyDecorators(SetMetadata(RATE_LIMITED, name), UseGuards(RateLimitGuard));
}

/** Counts requests by the account of their caller, before their bodies are read. */
@Injectable()
class RateLimitGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly config: Config,
    private readonly uses: RateLimitUses,
  ) {}

  /** @throws RateLimitExceededError */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const name = this.reflector.get<RequestLimitName>(RATE_LIMITED, context.getHandler());
    const limit = this.config.requestLimits[name];
    if (!limit) return true;
    const http = context.switchToHttp();
    const { principal } = http.getRequest<AuthenticatedRequest>();
    if (!principal) throw new Error('A route with a rate limit must not be public');
    http.getResponse<Response>().set(rateLimitHeaders(await this.uses.take(name, principal, limit)));
    return true;
  }
}
