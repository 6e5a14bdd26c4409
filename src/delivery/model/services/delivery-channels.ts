import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type ChannelName, CHANNELS } from '../../../platform/outbox/planned-delivery';
import type { DeliveryChannel } from '../domain/interfaces/delivery-channel';

/**
 * The ways by which something is delivered. They register here while the application is put together; it does not start
 * while there is none for something that may be planned.
 */
@Injectable()
export class DeliveryChannels implements OnApplicationBootstrap {
  private readonly channels = new Map<ChannelName, DeliveryChannel>();

  /** @throws when there is a channel of that name already */
  add(channel: DeliveryChannel): void {
    if (this.channels.has(channel.name)) throw new Error(`Two channels deliver by ${channel.name}`);
    this.channels.set(channel.name, channel);
  }

  onApplicationBootstrap(): void {
    for (const name of CHANNELS) this.channel(name);
  }

  channel(name: ChannelName): DeliveryChannel {
    const channel = this.channels.get(name);
    if (!channel) throw new Error(`Nobody delivers by ${name}`);
    return channel;
  }
}
