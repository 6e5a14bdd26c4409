import type { Division, DivisionPlan } from '../../../../export/sources';
import type { Relation } from '../../../../formats';
import type { LiveTable, TablePlan } from '../table-plan';
import type { EstimateQueries, PlannedQuery } from './estimate-queries';

/** A user in the platform's own `users` table. */
export interface PlatformUser {
  readonly isActive: boolean;
  readonly isAdmin: boolean;
}

/** One snapshot of the exported database. */
export interface SourceView {
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  /** How the rows so far were read: the most connections at once, and how many COPY statements. */
  readonly read: { readonly connections: number; readonly ranges: number };
  readonly estimates: EstimateQueries;

  /** The tables and views that exist among `names`, by name. */
  tables(names: readonly string[]): Promise<ReadonlyMap<string, LiveTable>>;

  /** The names of all tables and views that the service may read, without the partitions of other tables. */
  readableTables(): Promise<readonly string[]>;

  /**
   * Has PostgreSQL parse the query of a plan without running it.
   * @returns what PostgreSQL expects of it
   * @throws DomainError invalid, with every filter whose value does not fit its column
   */
  check(plan: TablePlan): Promise<PlannedQuery>;

  /**
   * Locks the tables of the plans against DROP, ALTER and TRUNCATE until the snapshot is closed.
   * These commands are not isolated by a snapshot.
   * @throws if a table was rewritten since the snapshot was taken
   */
  lockTables(plans: readonly TablePlan[]): Promise<void>;

  /** @param isCounted whether to count the rows first, so that progress has a total */
  relation(plan: TablePlan, isCounted: boolean): Promise<Relation>;

  /**
   * Plans how several processes read the rows of a plan, whose table is locked.
   * @param rowCount exact
   * @throws DomainError if there are too many partitions
   */
  divide(plan: TablePlan, division: Division, rowCount: number): Promise<DivisionPlan>;

  /** The rows of a piece that `divide` planned; they are not counted. */
  pieceOf(plan: TablePlan, reads: unknown): Relation;

  /** @throws if the snapshot was closed, so that its locks are released */
  assertOpen(): Promise<void>;

  hasRows(plan: TablePlan): Promise<boolean>;

  /**
   * Finds a user in the platform's own table.
   * @returns `null` if there is no such user or no such table
   */
  findUser(id: string): Promise<PlatformUser | null>;

  setting(name: string): Promise<string | null>;
}

/** The snapshot of another process. */
export interface JoinedView extends SourceView {
  /**
   * Locks the table of a plan and opens a piece of its rows.
   * @throws SnapshotNotSharedError if the table cannot be locked at once, or the plan differs from the one that was divided
   */
  openPiece(plan: TablePlan, reads: unknown): Promise<Relation>;
}

/** The database whose rows are exported. Read-only. */
export abstract class SourceDatabase {
  /**
   * Runs short queries in one snapshot, to check a request before it is accepted.
   * @param timeZone an IANA name
   * @throws DomainError invalid if the database has no such time zone
   */
  abstract preview<Result>(work: (view: SourceView) => Promise<Result>, timeZone?: string): Promise<Result>;

  /** Identifies the server, which replicas share; `null` if that is not known. */
  abstract serverId(): Promise<string | null>;

  /**
   * Opens a snapshot that stays open until the signal aborts, which also cancels running queries.
   * @param options the IANA time zone of times, and whether the rows are streamed into a response
   */
  abstract open(
    signal: AbortSignal,
    options: { readonly timeZone: string; readonly isStreamed: boolean },
  ): Promise<SourceView>;

  /**
   * Opens the snapshot of another process until the signal aborts.
   * @param exported as `divide` returned it
   * @throws SnapshotNotSharedError
   */
  abstract join(signal: AbortSignal, exported: object): Promise<JoinedView>;
}
