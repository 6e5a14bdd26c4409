import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config';
import { Sealer } from './sealer';

@Global()
@Module({
  providers: [{ provide: Sealer, inject: [Config], useFactory: ({ encryption }: Config) => new Sealer(encryption) }],
  exports: [Sealer],
})
export class SealingModule {}
