import { Injectable } from '@nestjs/common';
import type { ChannelDescriptor } from '../domain/channel-descriptor';
import type { DeliveryChannel } from '../domain/interfaces/delivery-channel';

/** The channels that messages are delivered by. */
@Injectable()
export class DeliveryChannels {
  private readonly byName: ReadonlyMap<string, DeliveryChannel>;

  /** @throws when two channels have the same name */
  constructor(readonly all: readonly DeliveryChannel[]) {
    this.byName = new Map(all.map((channel) => [channel.descriptor.name, channel]));
    if (this.byName.size < all.length) throw new Error('Two delivery channels have the same name');
  }

  get descriptors(): ChannelDescriptor[] {
    return this.all.map(({ descriptor }) => descriptor);
  }

  /** @throws when there is no such channel */
  get(name: string): DeliveryChannel {
    const channel = this.byName.get(name);
    if (!channel) throw new Error(`There is no delivery channel ${name}`);
    return channel;
  }
}
