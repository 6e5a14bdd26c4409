import { Module, type OnModuleInit } from '@nestjs/common';
import { CustomerModule } from '../customer';
import { ExportModule } from '../export';
import { CustomerDeliveriesController, DeliveriesController } from './api/deliveries.controller';
import { PrismaAddressBook } from './infrastructure/address-book.prisma';
import { BucketConnections } from './infrastructure/bucket/bucket-connections';
import { BucketChannel } from './infrastructure/bucket/bucket.channel';
import { ObjectClaims } from './infrastructure/bucket/object-claims';
import { ProbedBucketTargets } from './infrastructure/bucket/probed-bucket-targets';
import { PrismaDeliveryRepository } from './infrastructure/delivery.repository.prisma';
import { MailChannel } from './infrastructure/mail/mail.channel';
import { SealedWebhookTargets } from './infrastructure/webhook/sealed-webhook-targets';
import { WebhookChannel } from './infrastructure/webhook/webhook.channel';
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
    { provide: WebhookTargets, useClass: SealedWebhookTargets },
    { provide: BucketTargets, useClass: ProbedBucketTargets },
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
