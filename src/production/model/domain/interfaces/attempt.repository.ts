import type { Progress } from '../../../../formats';
import type { Export, ExportFailure } from '../../../../export';
import type { FinishedFile } from '../finished-file';

/** One worker's exclusive right to work on an export and to publish its file. The token is the fencing token. */
export interface Attempt {
  readonly token: string;
  /** Counted from 1. */
  readonly number: number;
  readonly export: Export;
}

/** How many exports of one account may run at once, in all processes together. */
export interface AccountShare {
  readonly limit: number;
  /** Whether an account may exceed the limit while no account below the limit waits. */
  readonly mayExceed: boolean;
}

/** What a slot of a process is free for. */
export interface FreeSlot extends AccountShare {
  /** Whether a large export may take it. */
  readonly mayBeLarge: boolean;
}

/** The attempts at exports. Methods that take an attempt change nothing and return false once the attempt lost its lease. */
export abstract class AttemptRepository {
  /**
   * Starts an attempt at the next pending export: the oldest of the account with the fewest running exports. An export whose
   * attempt failed waits until its retry time, and a large one until it may take the slot.
   * @returns `null` when no export may start
   */
  abstract claimNext(slot: FreeSlot): Promise<Attempt | null>;

  /** The id of the export that `claimNext` would claim. */
  abstract findNext(slot: FreeSlot): Promise<string | null>;

  /** Renews the lease and reports the progress. */
  abstract beat(attempt: Attempt, progress: Progress): Promise<boolean>;

  /** Completes the export and publishes its file, which becomes visible here and nowhere else. */
  abstract finish(attempt: Attempt, file: FinishedFile): Promise<boolean>;

  /** @param failure shown to the user */
  abstract fail(attempt: Attempt, failure: ExportFailure): Promise<boolean>;

  /** Ends the attempt; the next one starts after the pause at the earliest. */
  abstract retryLater(attempt: Attempt, pauseSeconds: number, failure: ExportFailure): Promise<boolean>;

  /**
   * Returns the export to the queue at once. The attempt does not count.
   * @param isLarge whether it is known to be large by now
   */
  abstract handBack(attempt: Attempt, isLarge: boolean): Promise<boolean>;
}
