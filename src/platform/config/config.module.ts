import { Global, Module } from '@nestjs/common';
import { Config } from './config';

@Global()
@Module({
  providers: [{ provide: Config, useFactory: () => Config.fromProcess() }],
  exports: [Config],
})
export class ConfigModule {}
