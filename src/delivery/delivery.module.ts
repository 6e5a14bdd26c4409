import { Module, type OnModuleInit } from '@nestjs/common';
import { Mailer } from './channels/email/mailer';
import { OutboundAddresses } from './infrastructure/outbound/outbound-addresses';
import { OutboundHttp } from './infrastructure/outbound/outbound-http';
import { SecretCipher } from './infrastructure/secret-cipher';
import { Config } from '../platform/config/config';
import { CustomerModule } from '../customer';
import { ExportModule } from '../export';
import { CustomerDeliveriesController, DeliveriesController } from './api/deliveries.controller';
import { PrismaAddressBook } from './channels/email/address-book.prisma';
import { BucketConnections } from './channels/s3/bucket-connections';
import { BucketChannel } from './channels/s3/s3.channel';
import { ObjectClaims } from './infrastructure/object-claims';
import { S3Targets } from './channels/s3/bucket-planner';
import { PrismaDeliveryRepository } from './infrastructure/delivery.repository.prisma';
import { MailChannel } from './channels/email/email.channel';
import { EncryptedWebhookTargets } from './channels/webhook/webhook-targets.encrypted';
import { WebhookChannel } from './channels/webhook/webhook.channel';
import { AddressBook } from './model/domain/interfaces/address-book';
import { BucketTargets } from './model/domain/interfaces/bucket-targets';
import { DeliveryRepository } from './model/domain/interfaces/delivery.repository';
import { WebhookTargets } from './model/domain/interfaces/webhook-targets';
import { DeliveryChannels } from './model/services/delivery-channels';
import { DeliveryDispatcher } from './model/services/delivery-dispatcher';
import { DeliveryMetrics } from './model/services/delivery-metrics';
import { DeliveryPlanner } from './model/services/delivery-planner';
import { DeliveryRunner } from './model/services/delivery-runner';
import { DeliveryReading } from './model/services/delivery-reading';
import { MailPlanner } from './model/services/mail-planner';
import { DeliveriesForScheduledExport } from './model/services/out.for-scheduled-export.service';

@Module({
  imports: [ExportModule, CustomerModule],
  controllers: [DeliveriesController, CustomerDeliveriesController],
  providers: [
    { provide: DeliveryRepository, useClass: PrismaDeliveryRepository },
    { provide: AddressBook, useClass: PrismaAddressBook },
    { provide: WebhookTargets, useClass: EncryptedWebhookTargets },
    { provide: BucketTargets, useClass: S3Targets },
    DeliveryChannels,
    DeliveryDispatcher,
    DeliveryMetrics,
    DeliveryReading,
    DeliveryRunner,
    MailPlanner,
    DeliveryPlanner,
    DeliveriesForScheduledExport,
    BucketConnections,
    ObjectClaims,
    Mailer,
    OutboundHttp,
    {
      provide: OutboundAddresses,
      inject: [Config],
      useFactory: ({ outbound }: Config) => new OutboundAddresses(outbound.allowedHosts),
    },
    { provide: SecretCipher, inject: [Config], useFactory: ({ encryption }: Config) => new SecretCipher(encryption) },
    MailChannel,
    WebhookChannel,
    BucketChannel,
  ],
  exports: [DeliveryPlanner, DeliveriesForScheduledExport],
})
export class DeliveryModule implements OnModuleInit {
  constructor(
    private readonly channels: DeliveryChannels,
    private readonly mail: MailChannel,
    private readonly webhooks: WebhookChannel,
    private readonly buckets: BucketChannel,
  ) {}

  onModuleInit(): void {
    for (const channel of [this.mail, this.webhooks, this.buckets]) this.channels.add(channel);
  }
}
