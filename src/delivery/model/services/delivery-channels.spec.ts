import { type ChannelName, CHANNELS } from '../../../platform/outbox/planned-delivery';
import { DeliveryChannel } from '../domain/interfaces/delivery-channel';
import type { DeliveryReceipt } from '../domain/claimed-message';
import { DeliveryChannels } from './delivery-channels';

class Pigeon extends DeliveryChannel {
  constructor(override readonly name: ChannelName) {
    super();
  }

  override deliver(): Promise<DeliveryReceipt> {
    return Promise.resolve({});
  }
}

describe('DeliveryChannels', () => {
  const withChannels = (...names: ChannelName[]) => {
    const channels = new DeliveryChannels();
    for (const name of names) channels.add(new Pigeon(name));
    return channels;
  };

  it('give each channel by its name', () => {
    const channels = withChannels(...CHANNELS);

    channels.onApplicationBootstrap();

    expect(CHANNELS.map((name) => channels.channel(name).name)).toEqual([...CHANNELS]);
  });

  it('do not let the program start with two of one name', () => {
    expect(() => withChannels('email', 'email')).toThrow('Two channels deliver by email');
  });

  it.each(CHANNELS)('do not let the program start without %s', (missing) => {
    const channels = withChannels(...CHANNELS.filter((name) => name !== missing));

    expect(() => {
      channels.onApplicationBootstrap();
    }).toThrow(`Nobody delivers by ${missing}`);
  });
});
