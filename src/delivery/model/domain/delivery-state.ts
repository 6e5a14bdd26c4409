import type { DeliveryCode } from './delivery-codes';
import type { DeliveryTarget } from './channel-descriptor';
import type { DeliveryReceipt } from './claimed-message';

export type DeliveryStatus = 'pending' | 'delivered' | 'failed';

/** The state of a delivery. */
export interface DeliveryState {
  readonly channel: string;
  /** Such as `export.completed`. */
  readonly event: string;
  readonly status: DeliveryStatus;
  /** How many attempts were started. */
  readonly attempts: number;
  /** Why the last attempt failed. */
  readonly lastError: string | null;
  readonly receipt: DeliveryReceipt | null;
  readonly endedAt: Date | null;
  /** Whether the receiver does not want any more messages. */
  readonly gone: boolean;
  /** The stable code of `lastError`; `null` when that is. */
  readonly errorCode: DeliveryCode | null;
}

/** The same with what only the owner of the export may know. */
export interface DeliveryRecord extends DeliveryState {
  readonly id: string;
  readonly target: DeliveryTarget;
  readonly createdAt: Date;
  /** The time of the next attempt, while it is pending. */
  readonly nextAttemptAt: Date | null;
}
