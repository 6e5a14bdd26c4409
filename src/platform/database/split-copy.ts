import type { CopyRows } from './copy-rows';
import { type Followers, type SharedSnapshot } from './followers';
import type { AheadFlow, ReadAhead } from './read-ahead';
import type { ReadConnection } from './read-connection';
import { type Readers, ReaderSlots } from './reader-slots';
import { Sql, sql } from './sql';

/** After a follower could not join. */
const REJOIN_AFTER_MS = 1_000;

/** A query as several queries, whose rows together are its rows, in order. */
export interface SplitQuery {
  readonly count: number;
  /** The tables that the queries read, as SQL names. */
  readonly tables: readonly Sql[];
  /** @param index from 0 */
  range(index: number): Sql;
}

/** What the connections of a split query have in common. */
export interface SplitContext {
  readonly leader: ReadConnection;
  readonly followers: Followers;
  readonly readAhead: ReadAhead;
  readonly snapshot: SharedSnapshot;
  /** Around a SELECT. */
  toCopy(select: Sql): Sql;
  /** A setting to collect of each connection after its last rows. */
  readonly setting: string | undefined;
  /** As `CopyRows.start` has it. */
  readonly lendsChunks: boolean | undefined;
  /** Closes the snapshot while the leader reads. */
  closeSnapshot(): Promise<void>;
}

interface Range {
  readonly rows: CopyRows;
  readonly flow: AheadFlow;
}

/**
 * Reads a split query through several connections of one snapshot, as one stream in order. Each connection takes the next
 * range. The rows of the first range pass through; those of later ones wait in memory up to the limit of the process, then
 * their connections pause. The first one never waits for that memory, so reading always goes on.
 */
export class SplitCopy {
  /** The most connections at once. */
  mostConnections = 0;
  /** The values of the setting, one for each connection that had one; complete after the last row. */
  readonly settings: string[] = [];
  private readonly connections = new Set<ReadConnection>();
  private readonly work: Promise<void>[] = [];
  private readonly ranges = new Map<number, Range>();
  private nextRange = 0;
  private finishedRows = 0;
  private joining = 0;
  private mayJoinAt = 0;
  private isOver = false;
  private failure: { readonly error: unknown } | undefined;
  private wake: (() => void) | undefined;

  constructor(
    private readonly query: SplitQuery,
    private readonly context: SplitContext,
  ) {}

  /** Rows of finished ranges, and the processes that read others. */
  get progress(): { readonly rows: number; readonly processIds: readonly number[] } {
    return { rows: this.finishedRows, processIds: [...this.connections].map(({ processId }) => processId) };
  }

  async *read(): AsyncGenerator<Buffer> {
    this.start(this.context.leader, null);
    try {
      for (let index = 0; index < this.query.count; index += 1) {
        const { rows, flow } = await this.startedRange(index);
        flow.becomeFirst();
        yield* rows;
        flow.end();
        this.ranges.delete(index);
      }
      await Promise.all(this.work);
      if (this.failure) throw this.failure.error;
    } finally {
      await this.stop();
    }
  }

  private async startedRange(index: number): Promise<Range> {
    for (;;) {
      if (this.failure) throw this.failure.error;
      const range = this.ranges.get(index);
      if (range) return range;
      await new Promise<void>((wake) => {
        this.wake = wake;
      });
    }
  }

  /** @param slot `null` for the leader */
  private start(connection: ReadConnection, slot: number | null): void {
    this.connections.add(connection);
    this.mostConnections = Math.max(this.mostConnections, this.connections.size);
    const work = this.readRanges(connection, slot)
      .catch((error: unknown) => {
        this.fail(error);
      })
      .finally(() => {
        this.connections.delete(connection);
        return slot === null ? undefined : connection.close();
      });
    this.work.push(work);
  }

  private async readRanges(connection: ReadConnection, slot: number | null): Promise<void> {
    if (slot === null) await this.mayStay(connection, slot);
    while (this.nextRange < this.query.count && !this.isOver) {
      const index = this.nextRange;
      this.nextRange += 1;
      const flow = this.context.readAhead.ahead();
      const rows = connection.copy(this.context.toCopy(this.query.range(index)), flow, this.context.lendsChunks);
      flow.onRoom(() => {
        rows.readOn();
      });
      this.ranges.set(index, { rows, flow });
      this.wake?.();
      await rows.completion;
      this.finishedRows += rows.count();
      if (this.nextRange < this.query.count && !(await this.mayStay(connection, slot))) break;
    }
    await this.collectSetting(connection);
  }

  /** Looks how many exports share the connections. The leader stays, and has followers join if there are too few. */
  private async mayStay(connection: ReadConnection, slot: number | null): Promise<boolean> {
    const { parallelism } = this.context.followers;
    const [readers] = await connection.query<Readers & Record<string, unknown>>(ReaderSlots.count);
    const { leaders = 1, followers = 0 } = readers ?? {};
    const slots = ReaderSlots.slots(parallelism, leaders);
    const share = ReaderSlots.share(parallelism, leaders);
    if (slot === null) {
      const wanted = Math.min(share - this.connections.size, slots - followers, this.query.count - this.nextRange - 1);
      if (performance.now() >= this.mayJoinAt) {
        for (let joined = this.joining; joined < wanted; joined += 1) void this.join(slots);
      }
      return true;
    }
    const isWelcome = slot <= slots && this.connections.size <= share;
    // At once, so that not all followers leave where one is too many.
    if (!isWelcome) this.connections.delete(connection);
    return isWelcome;
  }

  private async join(slots: number): Promise<void> {
    const { followers, snapshot } = this.context;
    this.joining += 1;
    const follower = await followers.join(snapshot, this.query.tables, this.query.range(0), slots);
    this.joining -= 1;
    if (!follower) this.mayJoinAt = performance.now() + REJOIN_AFTER_MS;
    else if (this.isOver || this.nextRange >= this.query.count) await follower.connection.close();
    else this.start(follower.connection, follower.slot);
  }

  private async collectSetting(connection: ReadConnection): Promise<void> {
    if (this.context.setting === undefined) return;
    const name = Sql.literal(this.context.setting);
    const [row] = await connection.query<{ value: string | null }>(
      sql`SELECT nullif(current_setting(${name}, true), '') AS value`,
    );
    if (row?.value) this.settings.push(row.value);
  }

  /** Ends all connections, because one failed or the snapshot closes. */
  fail(error: unknown): void {
    if (this.isOver) return;
    this.isOver = true;
    this.failure = { error };
    for (const { rows } of this.ranges.values()) rows.abort(error);
    for (const connection of this.connections) void connection.close();
    void this.context.closeSnapshot();
    this.wake?.();
  }

  private async stop(): Promise<void> {
    if (this.connections.size > 0) this.fail(new Error('The rows were not all read'));
    this.isOver = true;
    await Promise.all(this.work);
    for (const { flow } of this.ranges.values()) flow.end();
  }
}
