import type { Party } from '../../../../platform/auth/caller';

/** One process's right to give a one-time file to one reader, for as long as its lease is renewed. */
export interface Handover {
  readonly exportId: string;
  readonly token: string;
  /** Who takes the file; `null` for the bearer of a link. */
  readonly by: Party | null;
}

/**
 * Who is given which one-time file. Each call is one conditional statement, by the database's clock: of any number of
 * processes one has the handover. Whatever takes a handover answers false, and changes nothing, once it was lost.
 */
export abstract class HandoverRepository {
  /** @returns `null` while somebody else has it, and when there is no file (any more) */
  abstract claim(exportId: string, by: Party | null): Promise<Handover | null>;

  /** Renews the lease. */
  abstract beat(handover: Handover): Promise<boolean>;

  /**
   * Says that the last byte goes out now. A handover that is heard of no more after this counts as complete: that byte is
   * the network's by then, whatever becomes of the process.
   * @param leaseSeconds after which nothing more is to be heard
   */
  abstract beginEnding(handover: Handover, leaseSeconds: number): Promise<boolean>;

  /** Ends the export: its file was given out, once and for all. */
  abstract complete(handover: Handover): Promise<boolean>;

  /**
   * Lets the file be asked for again.
   * @param sent how many bytes had gone out, for the audit log
   */
  abstract release(handover: Handover, sent: number): Promise<boolean>;
}
