import type { Relation } from '../../../../formats';
import type { LiveTable } from '../live-table';
import type { TablePlan } from '../table-plan';

/** A user in the platform's own `users` table. */
export interface PlatformUser {
  readonly isActive: boolean;
  readonly isAdmin: boolean;
}

/** The database that is exported, at one moment. */
export interface SourceView {
  /** ISO 8601, UTC. */
  readonly takenAt: string;

  /** The tables and views of these names that exist, by their names. */
  tables(names: readonly string[]): Promise<ReadonlyMap<string, LiveTable>>;

  /**
   * Has the database judge a plan without running it.
   * @throws DomainError invalid, with the name of each filter whose value does not suit its column
   */
  check(plan: TablePlan): Promise<void>;

  /**
   * Keeps the tables of the plans from being dropped, altered or emptied by TRUNCATE until the snapshot is closed: what it
   * shows of them would change with that.
   * @throws when one was, since the snapshot was taken
   */
  lockTables(plans: readonly TablePlan[]): Promise<void>;

  /** @param isCounted whether the rows are counted before they are read, so that progress has a total */
  relation(plan: TablePlan, isCounted: boolean): Promise<Relation>;

  hasRows(plan: TablePlan): Promise<boolean>;

  /**
   * Looks a user up in the platform's own table.
   * @returns `null` for one who is not there, and where there is no such table
   */
  findUser(id: string): Promise<PlatformUser | null>;

  setting(name: string): Promise<string | null>;
}

/** Where the rows are that people may take out. Only ever read. */
export abstract class SourceDatabase {
  /**
   * Looks for a moment, in one snapshot.
   * @param timeZone an IANA name
   * @throws DomainError invalid when the database knows no such zone
   */
  abstract preview<Result>(work: (view: SourceView) => Promise<Result>, timeZone?: string): Promise<Result>;

  /**
   * Opens a snapshot that lasts until the signal aborts, which also ends what runs in it.
   * @param options the zone of the times, an IANA name, and whether the rows go straight into an answer
   */
  abstract open(
    signal: AbortSignal,
    options: { readonly timeZone: string; readonly isStreamed: boolean },
  ): Promise<SourceView>;
}
