import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config';
import { OutboundAddresses } from './outbound-addresses';
import { OutboundHttp } from './outbound-http';

@Global()
@Module({
  providers: [
    {
      provide: OutboundAddresses,
      inject: [Config],
      useFactory: ({ outbound }: Config) => new OutboundAddresses(outbound.allowedHosts),
    },
    OutboundHttp,
  ],
  exports: [OutboundAddresses, OutboundHttp],
})
export class OutboundModule {}
