import type { ManifestFacts } from '../manifest/manifest-facts';
import type { DivisionPlan } from '../../../../export/sources';
import type { ClaimedPart, FinishedPart } from '../part';
import type { Attempt } from './attempt.repository';

/** @param rows rendered so far */
export type ReportRows = (rows: number) => void;

/** The parts of an attempt, and the snapshot in which all of them are read. */
export interface LedDivision {
  readonly plan: DivisionPlan;
  /** The rows of its table are not counted yet. */
  readonly facts: ManifestFacts;
  /** Exact; `null` if the rows were not counted. */
  readonly rowCount: number | null;

  /** As `DividedProduction.produce`; also what only the leader can read. */
  produce(part: ClaimedPart, report: ReportRows, signal: AbortSignal): Promise<FinishedPart>;

  /** @throws if the snapshot was closed, so that its tables may have changed in ways that snapshots do not hide */
  assertOpen(): Promise<void>;

  /** Closes the snapshot: no part can be read any more. */
  close(): void;
}

/** Makes the files of exports that have several. */
export abstract class DividedProduction {
  /**
   * Opens the snapshot of an attempt and plans its parts.
   * @param signal closes the snapshot
   * @throws DomainError, and what else the source throws
   */
  abstract lead(attempt: Attempt, signal: AbortSignal): Promise<LedDivision>;

  /**
   * Stores the files of a part under keys of its own, where they are not visible yet. Leaves none behind when it fails.
   * @throws DomainError | StorageFault | SnapshotNotSharedError | any other fault of the source or the format
   */
  abstract produce(part: ClaimedPart, report: ReportRows, signal: AbortSignal): Promise<FinishedPart>;
}
