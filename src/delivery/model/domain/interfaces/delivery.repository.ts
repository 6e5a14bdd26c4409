import type { ChannelName } from '../../../../platform/outbox/planned-delivery';
import type { DeliveryRecord, DeliveryState } from '../delivery-state';
import type { ClaimedMessage, DeliveryReceipt } from '../claimed-message';
import type { RefusalCode } from './delivery-channel';

/** The right to deliver a message, which whoever holds the token has until the lease ends. */
export interface DeliveryAttempt {
  readonly token: string;
  readonly message: ClaimedMessage;
  /** The request that led to the message. */
  readonly requestId: string | null;
}

/** How many more deliveries of each channel may begin now. */
export type FreeSlots = Readonly<Partial<Record<ChannelName, number>>>;

/** What waits to be delivered. */
export interface Backlog {
  readonly pending: ReadonlyMap<ChannelName, number>;
  /** For how long the oldest of all has waited; 0 where nothing waits. */
  readonly oldestSeconds: number;
}

/**
 * The outbox as those see it who deliver. Each change holds only for the holder of the token, so that of two processes that
 * believe to have a message one alone settles it.
 */
export abstract class DeliveryRepository {
  /**
   * Takes messages that are due and that nobody holds: those of the accounts with the fewest in hand first, then the longest
   * due. No account gets more copies than `MAX_COPIES_PER_ACCOUNT`.
   */
  abstract claimDue(room: FreeSlots): Promise<DeliveryAttempt[]>;

  /**
   * Ends those that were begun as often as may be, and whose process ended with them every time.
   * @returns what they are
   */
  abstract failAbandoned(): Promise<ClaimedMessage[]>;

  /** Says that the attempt is at work. @returns whether it still has the right to be */
  abstract beat(attempt: DeliveryAttempt): Promise<boolean>;

  /** @returns whether the attempt still had the right to; so do the others */
  abstract markDelivered(attempt: DeliveryAttempt, receipt: DeliveryReceipt): Promise<boolean>;

  abstract scheduleRetry(attempt: DeliveryAttempt, pauseSeconds: number, reason: string): Promise<boolean>;

  abstract markFailed(attempt: DeliveryAttempt, reason: string, refusal: RefusalCode | null): Promise<boolean>;

  /** Gives the message back as if the attempt had not begun. */
  abstract handBack(attempt: DeliveryAttempt): Promise<boolean>;

  abstract backlog(): Promise<Backlog>;

  /** What is to be told of an export, and how far that has come; the oldest first. */
  abstract findAll(exportId: string): Promise<DeliveryRecord[]>;

  /** How the deliveries of each of the exports stand. An export of which nothing is told is left out. */
  abstract statesOf(exportIds: readonly string[]): Promise<Map<string, DeliveryState[]>>;
}
