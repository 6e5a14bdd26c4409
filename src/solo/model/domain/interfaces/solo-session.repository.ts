import type { Principal, Person } from '../../../../platform/auth/principal';
import type { IdempotentRequest } from '../../../../platform/idempotent-request';
import type { Page } from '../../../../platform/paging';
import type { DrawingCost } from '../../board/drawing-cost';
import type { BoardFilter } from '../board-selection';
import type { BoardState, SoloSession } from '../solo-session';

export interface NewSession {
  readonly owner: Person;
  /** The external system that creates the session for its user; `null` when the user does. */
  readonly customerId: string | null;
  readonly name: string;
  readonly state: BoardState;
}

export interface BoardSize {
  /** The size of the state. */
  readonly bytes: number;
  /** `null` when the revision has not been measured. */
  readonly cost: DrawingCost | null;
}

export interface SessionChange {
  readonly name?: string;
  readonly state?: BoardState;
  /** The accepted revisions; `null` accepts any. */
  readonly expectedRevs?: readonly number[] | null;
}

/** Stores board sessions. Sessions of other owners are not found. */
export abstract class SoloSessionRepository {
  /** @throws BoardQuotaExceededError | DomainError mismatch */
  abstract create(
    session: NewSession,
    idempotency: IdempotentRequest | null,
  ): Promise<{ session: SoloSession; isNew: boolean }>;

  /**
   * Copies a session within the database.
   * @param id a session of the owner
   * @throws BoardQuotaExceededError | DomainError not-found | mismatch
   */
  abstract duplicate(
    id: string,
    copy: { readonly owner: Person; readonly name: string },
    idempotency: IdempotentRequest | null,
  ): Promise<{ session: SoloSession; isNew: boolean }>;

  abstract find(id: string, owner: Principal): Promise<SoloSession | null>;

  /** Those of the sessions that the owner has, in any order. */
  abstract findAll(ids: readonly string[], owner: Principal): Promise<SoloSession[]>;

  /** The oldest sessions that meet all conditions of the filter, in the order of their creation. */
  abstract select(owner: Principal, filter: BoardFilter, size: number): Promise<SoloSession[]>;

  /** The sizes of sessions, and their drawing costs as far as these are known. */
  abstract findSizes(sessions: readonly SoloSession[]): Promise<ReadonlyMap<string, BoardSize>>;

  /** The size of the state in bytes; `null` when the session was deleted. */
  abstract findStateSize(id: string): Promise<number | null>;

  /** The state as UTF-8; `null` when the session was deleted. The caller owns the memory. */
  abstract readState(id: string): Promise<Buffer | null>;

  /** Newest first. */
  abstract list(owner: Principal, size: number, cursor?: string): Promise<Page<SoloSession>>;

  /**
   * @returns the changed session; `null` when it was deleted
   * @throws RevisionMismatchError | BoardQuotaExceededError
   */
  abstract update(id: string, owner: Person, change: SessionChange): Promise<SoloSession | null>;

  /**
   * Sets the thumbnail of a session unless the session has changed since it was drawn.
   * @returns the replaced key; `null` when the session has changed
   */
  abstract setThumbnail(id: string, rev: number, key: string): Promise<{ readonly replaced: string | null } | null>;

  /**
   * @param owner `null` finds the session of any owner
   * @returns the key of the thumbnail; `null` when there is none
   */
  abstract findThumbnail(id: string, owner: Principal | null): Promise<string | null>;

  /** Returns the keys that are thumbnails of sessions. */
  abstract findThumbnailsAmong(keys: readonly string[]): Promise<ReadonlySet<string>>;

  /** The drawing cost of a revision; `null` when it is unknown. */
  abstract findDrawingCost(id: string, rev: number): Promise<DrawingCost | null>;

  /** Stores the drawing cost of a revision unless the session has changed since. */
  abstract setDrawingCost(id: string, rev: number, cost: DrawingCost): Promise<void>;

  /** Deletes a session and schedules the removal of its thumbnails. @returns whether it existed */
  abstract delete(id: string, owner: Principal): Promise<boolean>;
}
