import { applyDecorators, SetMetadata, UseGuards } from '@nestjs/common';
import type { RequestLimitName } from '../config/config';
import { RATE_LIMITED, RateLimitGuard } from './rate-limit.guard';

/** Limits how often one account may call a route. Repeats and requests that are refused count as well: each costs work. */
export function RateLimited(name: RequestLimitName): MethodDecorator {
  return applyDecorators(SetMetadata(RATE_LIMITED, name), UseGuards(RateLimitGuard));
}
