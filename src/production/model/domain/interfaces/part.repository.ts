import type { DivisionPlan } from '../../../../export/sources';
import type { ClaimedPart, FinishedPart, PartFailure, PartsState } from '../part';
import type { Attempt } from './attempt.repository';

/**
 * The parts of exports that are being made. A part exists as long as the attempt that planned it, its leader. Methods that take
 * a part change nothing and return false once its worker lost it, or the leader lost its export.
 */
export abstract class PartRepository {
  /**
   * Writes the parts of an attempt in place of those of earlier ones.
   * @returns false if the attempt lost its lease
   */
  abstract begin(leader: Attempt, plan: DivisionPlan): Promise<boolean>;

  /**
   * Claims a part that waits, or whose worker is silent, of the export with the fewest running parts.
   * @returns `null` when there is none
   */
  abstract claimNext(): Promise<ClaimedPart | null>;

  /** Claims a part of this attempt, also one that others cannot read. */
  abstract claimOf(leader: Attempt): Promise<ClaimedPart | null>;

  /** The id of an export with a part that `claimNext` would claim. */
  abstract findNext(): Promise<string | null>;

  /** Renews the lease. @param rows rendered so far */
  abstract beat(part: ClaimedPart, rows: number): Promise<boolean>;

  abstract finish(part: ClaimedPart, finished: FinishedPart): Promise<boolean>;

  /** Ends the part, and with it the attempt of its leader. */
  abstract fail(part: ClaimedPart, failure: PartFailure): Promise<boolean>;

  /** Ends the attempt at the part; the next one starts after the pause at the earliest. The last one fails the part. */
  abstract retryLater(part: ClaimedPart, pauseSeconds: number, failure: PartFailure): Promise<boolean>;

  /**
   * Ends the attempt at the part, which does not count.
   * @param mayBeShared whether other workers than the leader may claim it
   */
  abstract handBack(part: ClaimedPart, mayBeShared: boolean): Promise<boolean>;

  abstract stateOf(leader: Attempt): Promise<PartsState>;

  /** What the parts of the attempt became, in their order. All of them are done. */
  abstract resultsOf(leader: Attempt): Promise<FinishedPart[]>;

  /** Deletes the parts of attempts that have ended. */
  abstract forgetEnded(): Promise<void>;
}
