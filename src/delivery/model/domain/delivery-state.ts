import type { DeliveryCode } from '../../../platform/errors/record-codes';
import type { ChannelName } from '../../../platform/outbox/planned-delivery';
import type { DeliveryReceipt } from './claimed-message';

export type DeliveryStatus = 'pending' | 'delivered' | 'failed';

/** How a delivery stands. */
export interface DeliveryState {
  readonly channel: ChannelName;
  /** Such as `export.completed`. */
  readonly event: string;
  readonly status: DeliveryStatus;
  /** How often it was begun. */
  readonly attempts: number;
  /** Why the last attempt failed. */
  readonly lastError: string | null;
  readonly receipt: DeliveryReceipt | null;
  readonly endedAt: Date | null;
  /** Whether the receiver answered that it wants nothing more, ever. */
  readonly gone: boolean;
  /** The stable code of `lastError`; null exactly where that is. */
  readonly errorCode: DeliveryCode | null;
}

/** The same with what the owner of the export may know beyond that. */
export interface DeliveryRecord extends DeliveryState {
  readonly id: string;
  readonly target: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  /** When it is tried next, while it is pending. */
  readonly nextAttemptAt: Date | null;
}
