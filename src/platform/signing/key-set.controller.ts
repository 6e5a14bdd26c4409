import { Controller, Get, Header, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../auth/public.decorator';
import type { PublicJwk } from './signing-key';
import { SigningKeys } from './signing-keys';

/** The public keys by which anybody verifies what the service signed. */
@ApiExcludeController()
@Public()
@Controller({ version: VERSION_NEUTRAL })
export class KeySetController {
  constructor(private readonly keys: SigningKeys) {}

  @Get('.well-known/jwks.json')
  @Header('Content-Type', 'application/jwk-set+json')
  @Header('Cache-Control', 'public, max-age=300')
  @Header('Access-Control-Allow-Origin', '*')
  keySet(): { readonly keys: readonly PublicJwk[] } {
    return { keys: this.keys.published };
  }
}
