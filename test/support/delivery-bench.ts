import type { DeliveryRecord } from '../../src/delivery/model/domain/delivery-state';
import { DeliveryChannel } from '../../src/delivery/model/domain/interfaces/delivery-channel';
import type { DeliveryAttempt } from '../../src/delivery/model/domain/interfaces/delivery.repository';
import type { ClaimedMessage, DeliveryReceipt } from '../../src/delivery/model/domain/claimed-message';
import type { TransferProgress } from '../../src/delivery/model/domain/transfer-progress';
import { DeliveryChannels } from '../../src/delivery/model/services/delivery-channels';
import { DeliveryMetrics } from '../../src/delivery/model/services/delivery-metrics';
import type { ChannelName } from '../../src/platform/outbox/planned-delivery';
import { FakeDeliveryRepository } from '../fakes/delivery.repository.fake';
import { FakeRecords } from '../fakes/fake-records';
import { silenceLogs, testConfig, TestMetrics } from './test-config';

/** Longer than the longest pause between two attempts. */
export const RETRY_SECONDS = 86_400;

type Deliver = (
  message: ClaimedMessage,
  signal: AbortSignal,
  progress: TransferProgress,
) => Promise<DeliveryReceipt | object>;

/** A channel that does what a test says. */
class ScriptedChannel extends DeliveryChannel {
  constructor(
    readonly name: ChannelName,
    private readonly script: Deliver,
  ) {
    super();
  }

  override async deliver(
    message: ClaimedMessage,
    signal: AbortSignal,
    progress: TransferProgress,
  ): Promise<DeliveryReceipt> {
    return (await this.script(message, signal, progress)) as DeliveryReceipt;
  }
}

/** An outbox, and channels that do what a test says. */
export function createDeliveryBench(deliver: Deliver, environment: Readonly<Record<string, string>> = {}) {
  silenceLogs();
  const config = testConfig(environment);
  const records = new FakeRecords();
  const shown = new TestMetrics();
  const deliveries = new FakeDeliveryRepository(records, config.exports.leaseSeconds);
  const channels = new DeliveryChannels();
  for (const name of ['email', 'webhook', 's3'] as const) channels.add(new ScriptedChannel(name, deliver));

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
    metrics: new DeliveryMetrics(shown, deliveries),

    /** Posts a message. @returns its id */
    post: (channel: ChannelName = 'webhook', userId = 'ann'): string => {
      const about = { exportId: null, scheduleId: null, userId, tenantId: null, customerId: null };
      records.post({ event: 'export.completed', ...about, channel, target: {} });
      return [...records.outbox.keys()].at(-1) ?? '';
    },

    claim: async (channel: ChannelName = 'webhook'): Promise<DeliveryAttempt> => {
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
