import type { DeliveryTarget } from './channel-descriptor';

/** A message of the outbox while an attempt to deliver it runs. */
export interface ClaimedMessage {
  /** The same in every attempt, so that the receiver recognizes a repeat. */
  readonly id: string;
  /** Such as `export.completed`. */
  readonly event: string;
  readonly exportId: string | null;
  readonly scheduleId: string | null;
  readonly userId: string | null;
  readonly tenantId: string | null;
  readonly customerId: string | null;
  readonly channel: string;
  readonly target: DeliveryTarget;
  readonly facts: Readonly<Record<string, unknown>>;
  /** The number of this attempt, from 1. */
  readonly attempt: number;
  readonly createdAt: Date;
}

/** What the receiver answered, such as the key of an object. */
export type DeliveryReceipt = Readonly<Record<string, string | number>>;
