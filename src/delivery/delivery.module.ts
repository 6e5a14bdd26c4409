import { Module } from '@nestjs/common';
import { CustomerModule } from '../customer';
import { ExportModule } from '../export';
import { Config } from '../platform/config/config';
import { CustomerDeliveriesController, DeliveriesController } from './api/deliveries.controller';
import { CHANNEL_REGISTRATIONS } from './channels';
import { PrismaDeliveryRepository } from './infrastructure/delivery.repository.prisma';
import { PrismaDestinationTestLog } from './infrastructure/destination-test-log.prisma';
import { ExportFiles } from './infrastructure/export-file';
import { ObjectClaims } from './infrastructure/object-claims';
import { OutboundAddresses } from './infrastructure/outbound/outbound-addresses';
import { OutboundHttp } from './infrastructure/outbound/outbound-http';
import { SecretCipher } from './infrastructure/secret-cipher';
import type { DeliveryChannel } from './model/domain/interfaces/delivery-channel';
import { DeliveryRepository } from './model/domain/interfaces/delivery.repository';
import { DestinationTestLog } from './model/domain/interfaces/destination-test-log';
import { DeliveryChannels } from './model/services/delivery-channels';
import { DeliveryDispatcher } from './model/services/delivery-dispatcher';
import { DeliveryMetrics } from './model/services/delivery-metrics';
import { DeliveryPlanner } from './model/services/delivery-planner';
import { DeliveryReading } from './model/services/delivery-reading';
import { DeliveryRunner } from './model/services/delivery-runner';
import { DestinationTests } from './model/services/destination-tests';
import { DeliveriesForScheduledExport } from './model/services/out.for-scheduled-export.service';

const implementations = CHANNEL_REGISTRATIONS.map(({ implementation }) => implementation);

@Module({
  imports: [ExportModule, CustomerModule],
  controllers: [DeliveriesController, CustomerDeliveriesController],
  providers: [
    { provide: DeliveryRepository, useClass: PrismaDeliveryRepository },
    {
      provide: OutboundAddresses,
      inject: [Config],
      useFactory: ({ outbound }: Config) => new OutboundAddresses(outbound.allowedHosts),
    },
    { provide: SecretCipher, inject: [Config], useFactory: ({ encryption }: Config) => new SecretCipher(encryption) },
    {
      provide: DeliveryChannels,
      inject: implementations,
      useFactory: (...channels: DeliveryChannel[]) => new DeliveryChannels(channels),
    },
    ...implementations,
    ...CHANNEL_REGISTRATIONS.flatMap(({ providers }) => providers),
    { provide: DestinationTestLog, useClass: PrismaDestinationTestLog },
    {
      provide: DestinationTests,
      inject: [DeliveryChannels, DestinationTestLog],
      useFactory: (channels: DeliveryChannels, log: DestinationTestLog) => new DestinationTests(channels, log),
    },
    DeliveryDispatcher,
    DeliveryMetrics,
    DeliveryReading,
    DeliveryRunner,
    DeliveryPlanner,
    DeliveriesForScheduledExport,
    ExportFiles,
    ObjectClaims,
    OutboundHttp,
  ],
  exports: [DeliveryPlanner, DeliveriesForScheduledExport, DestinationTests],
})
export class DeliveryModule {}
