import type { DeliveryRecord, DeliveryState, DeliveryStatus } from '../../src/delivery/model/domain/delivery-state';
import type { RefusalCode } from '../../src/delivery/model/domain/interfaces/delivery-channel';
import type { ClaimedMessage, DeliveryReceipt } from '../../src/delivery/model/domain/claimed-message';
import type { OutboxMessage } from '../../src/platform/outbox/outbox';

type Json = Readonly<Record<string, unknown>>;

/** A message of the outbox with how its delivery stands: the columns of its table. */
export class OutboxRecord {
  readonly event: string;
  readonly exportId: string | null;
  readonly channel: OutboxMessage['channel'];
  status: DeliveryStatus = 'pending';
  attempts = 0;
  attemptToken: string | null = null;
  lease: Date | null = null;
  lastError: string | null = null;
  refusal: RefusalCode | null = null;
  receipt: DeliveryReceipt | null = null;
  endedAt: Date | null = null;
  nextAttemptAt: Date;

  constructor(
    readonly id: string,
    readonly message: OutboxMessage,
    readonly requestId: string | null,
    readonly createdAt: Date,
  ) {
    this.event = message.event;
    this.exportId = message.exportId;
    this.channel = message.channel;
    this.nextAttemptAt = createdAt;
  }

  /** The account and the channel, among which slots are shared. */
  get line(): string {
    const { channel, userId, tenantId, customerId } = this.message;
    return JSON.stringify([channel, userId, tenantId, customerId]);
  }

  isHeld(now: Date): boolean {
    return this.lease !== null && this.lease >= now;
  }

  toClaimedMessage(): ClaimedMessage {
    const { event, exportId, scheduleId, userId, tenantId, customerId, channel, target, facts = {} } = this.message;
    const about = { event, exportId, scheduleId, userId, tenantId, customerId, channel };
    const { id, attempts: attempt, createdAt } = this;
    return { id, ...about, target: target as Json, facts: facts as Json, attempt, createdAt };
  }

  toState(): DeliveryState {
    const { channel, event, status, attempts, lastError, receipt, endedAt, refusal } = this;
    const failure = refusal === 'gone' ? 'receiver-gone' : refusal === null ? 'delivery-failed' : 'delivery-refused';
    const errorCode = lastError === null ? null : failure;
    return { channel, event, status, attempts, lastError, receipt, endedAt, gone: refusal === 'gone', errorCode };
  }

  toRecord(): DeliveryRecord {
    const { id, createdAt, message, status, nextAttemptAt } = this;
    const target = message.target as Json;
    return { ...this.toState(), id, target, createdAt, nextAttemptAt: status === 'pending' ? nextAttemptAt : null };
  }
}
