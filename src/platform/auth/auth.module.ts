import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { LinkSigner } from './link-signer';
import { TokenGuard } from './token.guard';
import { TokenVerifier } from './token-verifier';

@Global()
@Module({
  providers: [TokenVerifier, LinkSigner, { provide: APP_GUARD, useClass: TokenGuard }],
  exports: [LinkSigner, TokenVerifier],
})
export class AuthModule {}
