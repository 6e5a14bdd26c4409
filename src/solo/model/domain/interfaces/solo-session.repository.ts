import type { Principal, Person } from '../../../../platform/auth/principal';
import type { IdempotentRequest } from '../../../../platform/idempotent-request';
import type { Page } from '../../../../platform/paging';
import type { DrawingCost } from '../../board/drawing-cost';
import type { BoardState, SoloSession } from '../solo-session';

export interface NewSession {
  /** Who draws on it. */
  readonly owner: Person;
  /** The external system that begins it for them; `null` when they do so themselves. */
  readonly customerId: string | null;
  readonly name: string;
  readonly state: BoardState;
}

export interface SessionChange {
  readonly name?: string;
  readonly state?: BoardState;
  /** The revisions of which the session must have one; any where it names none. */
  readonly expectedRevs?: readonly number[] | null;
}

/** The boards. Somebody else's are not found. */
export abstract class SoloSessionRepository {
  /** @throws BoardQuotaExceededError | DomainError mismatch */
  abstract create(
    session: NewSession,
    idempotency: IdempotentRequest | null,
  ): Promise<{ session: SoloSession; isNew: boolean }>;

  /**
   * Copies a session with its state, which does not leave the database.
   * @param id of a session that the owner may see
   * @throws BoardQuotaExceededError | DomainError not-found | mismatch
   */
  abstract duplicate(
    id: string,
    copy: { readonly owner: Person; readonly name: string },
    idempotency: IdempotentRequest | null,
  ): Promise<{ session: SoloSession; isNew: boolean }>;

  abstract find(id: string, owner: Principal): Promise<SoloSession | null>;

  /** How many bytes the state has; `null` when the session is gone. */
  abstract findStateSize(id: string): Promise<number | null>;

  /** The state as UTF-8, read apart because it may be large; nothing else uses its memory. */
  abstract readState(id: string): Promise<Buffer | null>;

  /** Newest first. */
  abstract list(owner: Principal, size: number, cursor?: string): Promise<Page<SoloSession>>;

  /**
   * @returns the changed session, or `null` when it is gone
   * @throws RevisionMismatchError | BoardQuotaExceededError
   */
  abstract update(id: string, owner: Person, change: SessionChange): Promise<SoloSession | null>;

  /**
   * Notes a thumbnail, unless the session has changed since it was drawn.
   * @returns the key that it replaced, or `null` when it was not noted
   */
  abstract setThumbnail(id: string, rev: number, key: string): Promise<{ readonly replaced: string | null } | null>;

  /**
   * @param owner `null` for anybody's
   * @returns the key of the session's thumbnail, or `null` where there is none
   */
  abstract findThumbnail(id: string, owner: Principal | null): Promise<string | null>;

  /** Those of the keys that are the thumbnails of sessions. */
  abstract findThumbnailsAmong(keys: readonly string[]): Promise<ReadonlySet<string>>;

  /** What drawing the session takes at a revision; `null` when it is unknown. */
  abstract findDrawingCost(id: string, rev: number): Promise<DrawingCost | null>;

  /** Keeps what drawing the session takes, unless it has changed since that revision. */
  abstract setDrawingCost(id: string, rev: number, cost: DrawingCost): Promise<void>;

  /** Deletes the session, and has its thumbnails removed. @returns whether it was there */
  abstract delete(id: string, owner: Principal): Promise<boolean>;
}
