import { Global, Module } from '@nestjs/common';
import { RateLimitUses } from './rate-limit-uses';

@Global()
@Module({ providers: [RateLimitUses], exports: [RateLimitUses] })
export class RateLimitModule {}
