import { Global, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { KeySetController } from './key-set.controller';
import { SigningKeys } from './signing-keys';

@Global()
@Module({ controllers: [KeySetController], providers: [SigningKeys], exports: [SigningKeys] })
export class SigningModule implements OnApplicationBootstrap {
  constructor(private readonly keys: SigningKeys) {}

  onApplicationBootstrap(): void {
    this.keys.warnWithoutKey();
  }
}
