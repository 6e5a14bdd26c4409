import type { ClaimedMessage, DeliveryReceipt } from '../claimed-message';
import type { DeliveryRecord, DeliveryState } from '../delivery-state';
import type { RefusalCode } from './delivery-channel';

/** One attempt to deliver a message. The token is valid until the lease ends. */
export interface DeliveryAttempt {
  readonly token: string;
  readonly message: ClaimedMessage;
  /** The request that led to the message. */
  readonly requestId: string | null;
}

/** How many more deliveries a process can start, by channel. */
export type FreeSlots = Readonly<Record<string, number>>;

/** How many deliveries of one account may be in progress in all processes, by channel; no limit by default. */
export type AccountLimits = Readonly<Record<string, number>>;

/** What waits to be delivered. */
export interface Backlog {
  /** By channel. */
  readonly pending: ReadonlyMap<string, number>;
  /** How long the oldest message has waited; 0 when none waits. */
  readonly oldestSeconds: number;
}

/**
 * The outbox as its deliverers see it. Each change requires the attempt's token, so that of two processes with the same
 * message only one settles it. Methods that return a boolean tell whether the token was still valid.
 */
export abstract class DeliveryRepository {
  /**
   * Claims messages that are due: those of the accounts with the fewest deliveries in progress first, then the longest due.
   */
  abstract claimDue(slots: FreeSlots, limits?: AccountLimits): Promise<DeliveryAttempt[]>;

  /** Fails messages whose process ended during every attempt. @returns them */
  abstract failAbandoned(): Promise<ClaimedMessage[]>;

  /** Renews the lease. */
  abstract beat(attempt: DeliveryAttempt): Promise<boolean>;

  abstract markDelivered(attempt: DeliveryAttempt, receipt: DeliveryReceipt): Promise<boolean>;

  abstract scheduleRetry(attempt: DeliveryAttempt, delaySeconds: number, reason: string): Promise<boolean>;

  abstract markFailed(attempt: DeliveryAttempt, reason: string, refusal: RefusalCode | null): Promise<boolean>;

  /** Returns the message as if the attempt had not started. */
  abstract handBack(attempt: DeliveryAttempt): Promise<boolean>;

  abstract backlog(): Promise<Backlog>;

  /** The deliveries of an export, the oldest first. */
  abstract findAll(exportId: string): Promise<DeliveryRecord[]>;

  /** The states of the deliveries of each export. An export without deliveries is left out. */
  abstract statesOf(exportIds: readonly string[]): Promise<Map<string, DeliveryState[]>>;
}
