import { FAKE_DESCRIPTORS, ScriptedChannel } from '../../../../test/fakes/delivery-channels.fake';
import { DeliveryChannels } from './delivery-channels';

describe('DeliveryChannels', () => {
  const created = FAKE_DESCRIPTORS.map((descriptor) => new ScriptedChannel(descriptor));

  it('finds each channel by its name', () => {
    const channels = new DeliveryChannels(created);

    expect(created.map(({ descriptor }) => channels.get(descriptor.name))).toEqual(created);
  });

  it('rejects two channels with the same name', () => {
    expect(() => new DeliveryChannels([...created, ...created])).toThrow('the same name');
  });

  it('throws for an unknown name', () => {
    expect(() => new DeliveryChannels(created).get('pigeon')).toThrow('There is no delivery channel pigeon');
  });
});
