import type { Progress } from '../../../../formats';
import type { Export, ExportFailure, FinishedFile } from '../export';

/** One worker's right to work on an export and to publish what comes of it, for as long as nobody took it away. */
export interface Attempt {
  readonly token: string;
  /** Counted from 1. */
  readonly number: number;
  readonly export: Export;
}

/** How many exports of one account may run at once, in all processes together. */
export interface AccountShare {
  readonly limit: number;
  /** Whether an account may exceed the limit where none below it waits. */
  readonly mayExceed: boolean;
}

/** The attempts at an export. Whatever takes an attempt does nothing, and answers false, once its token is not the export's. */
export abstract class AttemptRepository {
  /**
   * Starts an attempt at the pending export that is next: of the accounts that have one, the account with the fewest running
   * exports goes first, and its oldest export. An export whose attempt failed is not pending before its pause is over.
   * @returns `null` when no export may start
   */
  abstract claimNext(share: AccountShare): Promise<Attempt | null>;

  /** The id of the export that `claimNext` would claim. */
  abstract findNext(share: AccountShare): Promise<string | null>;

  /** Says that the worker lives, and how far it is. */
  abstract beat(attempt: Attempt, progress: Progress): Promise<boolean>;

  /** Publishes the file: the only moment at which it becomes visible. */
  abstract finish(attempt: Attempt, file: FinishedFile): Promise<boolean>;

  /** @param failure shown to the user */
  abstract fail(attempt: Attempt, failure: ExportFailure): Promise<boolean>;

  /** Ends the attempt without a verdict; another one begins no sooner than after the pause. */
  abstract retryLater(attempt: Attempt, pauseSeconds: number, failure: ExportFailure): Promise<boolean>;

  /** Gives the work to another worker at once. The attempt does not count: it failed at nothing. */
  abstract handBack(attempt: Attempt): Promise<boolean>;
}
