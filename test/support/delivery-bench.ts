import type { DeliveryRecord } from '../../src/delivery/model/domain/delivery-state';
import type { DeliveryAttempt } from '../../src/delivery/model/domain/interfaces/delivery.repository';
import { DeliveryChannels } from '../../src/delivery/model/services/delivery-channels';
import { DeliveryMetrics } from '../../src/delivery/model/services/delivery-metrics';
import { FAKE_DESCRIPTORS, ScriptedChannel } from '../fakes/delivery-channels.fake';
import { FakeDeliveryRepository } from '../fakes/delivery.repository.fake';
import { FakeRecords } from '../fakes/fake-records';
import { silenceLogs, testConfig, TestMetrics } from './test-config';

/** Longer than the longest pause between two attempts. */
export const RETRY_SECONDS = 86_400;

type Deliver = ConstructorParameters<typeof ScriptedChannel>[1];

/** An outbox, and channels that do what a test says. */
export function createDeliveryBench(deliver: Deliver, environment: Readonly<Record<string, string>> = {}) {
  silenceLogs();
  const config = testConfig(environment);
  const records = new FakeRecords();
  const shown = new TestMetrics();
  const deliveries = new FakeDeliveryRepository(records, config.exports.leaseSeconds);
  const channels = new DeliveryChannels(FAKE_DESCRIPTORS.map((descriptor) => new ScriptedChannel(descriptor, deliver)));

  const read = (id: string): DeliveryRecord => {
    const record = records.outbox.get(id);
    if (!record) throw new Error('The message is gone');
    return record.toRecord();
  };
  return {
    config,
    records,
    shown,
    deliveries,
    channels,
    read,
    metrics: new DeliveryMetrics(shown, deliveries, channels),

    /** Posts a message. @returns its id */
    post: (channel: string = 'webhook', userId = 'ann'): string => {
      const about = { exportId: null, scheduleId: null, userId, tenantId: null, customerId: null };
      records.post({ event: 'export.completed', ...about, channel, target: {} });
      return [...records.outbox.keys()].at(-1) ?? '';
    },

    claim: async (channel: string = 'webhook'): Promise<DeliveryAttempt> => {
      const [attempt] = await deliveries.claimDue({ [channel]: 1 });
      if (!attempt) throw new Error('No delivery is due');
      return attempt;
    },

    /** Seconds until the message is due. */
    waitsFor: (id: string): number => (Number(read(id).nextAttemptAt) - records.clock.now().getTime()) / 1000,

    wait: (seconds: number): void => {
      records.clock.advance(seconds);
    },
  };
}
