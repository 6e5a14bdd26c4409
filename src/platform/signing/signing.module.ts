import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { KeySetController } from './key-set.controller';
import { SigningKeys } from './signing-keys';
import { SigningKeysModule } from './signing-keys.module';

@Module({ imports: [SigningKeysModule], controllers: [KeySetController] })
export class SigningModule implements OnApplicationBootstrap {
  constructor(private readonly keys: SigningKeys) {}

  onApplicationBootstrap(): void {
    this.keys.warnWithoutKey();
  }
}
