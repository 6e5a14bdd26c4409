import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config';
import { SecretCipher } from './secret-cipher';

@Global()
@Module({
  providers: [
    { provide: SecretCipher, inject: [Config], useFactory: ({ encryption }: Config) => new SecretCipher(encryption) },
  ],
  exports: [SecretCipher],
})
export class SecretsModule {}
