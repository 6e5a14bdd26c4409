import type { ChannelName } from '../../../platform/outbox/planned-delivery';

/** One message of the outbox, for as long as an attempt at it runs. */
export interface ClaimedMessage {
  /** What the receiver knows a repeat by: every attempt at the same message has the same. */
  readonly id: string;
  /** Such as `export.completed`. */
  readonly event: string;
  readonly exportId: string | null;
  readonly scheduleId: string | null;
  readonly userId: string | null;
  readonly tenantId: string | null;
  readonly customerId: string | null;
  readonly channel: ChannelName;
  /** Where to, as the channel planned it. */
  readonly target: Readonly<Record<string, unknown>>;
  readonly facts: Readonly<Record<string, unknown>>;
  /** Which attempt this is, from 1 on. */
  readonly attempt: number;
  readonly createdAt: Date;
}

/** What the receiver answered, for whoever looks at the delivery later, such as the key of an object. */
export type DeliveryReceipt = Readonly<Record<string, string | number>>;
