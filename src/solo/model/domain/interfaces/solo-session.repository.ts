import type { IdempotentRequest } from '../../../../platform/idempotency/idempotency-keys';
import type { Page } from '../../../../platform/http/page';
import type { BoardState, SessionOwner, SoloSession } from '../solo-session';

export interface NewSession {
  readonly owner: SessionOwner;
  readonly name: string;
  readonly state: BoardState;
}

export interface SessionChange {
  readonly name?: string;
  readonly state?: BoardState;
}

/** The boards. Somebody else's are not found. */
export abstract class SoloSessionRepository {
  /** @throws DomainError mismatch */
  abstract create(
    session: NewSession,
    idempotency: IdempotentRequest | null,
  ): Promise<{ session: SoloSession; isNew: boolean }>;

  abstract find(id: string, owner: SessionOwner): Promise<SoloSession | null>;

  /** The state's text, read apart because it may be large. */
  abstract readState(id: string): Promise<string | null>;

  /** Newest first. */
  abstract list(owner: SessionOwner, size: number, cursor?: string): Promise<Page<SoloSession>>;

  /** @returns the changed session, or `null` when it is gone */
  abstract update(id: string, owner: SessionOwner, change: SessionChange): Promise<SoloSession | null>;

  /**
   * Notes a thumbnail, unless the session has changed since it was drawn.
   * @returns the key that it replaced, or `null` when it was not noted
   */
  abstract setThumbnail(id: string, rev: number, key: string): Promise<{ readonly replaced: string | null } | null>;

  /**
   * @param owner `null` for anybody's
   * @returns the key of the session's thumbnail, or `null` where there is none
   */
  abstract findThumbnail(id: string, owner: SessionOwner | null): Promise<string | null>;

  abstract delete(id: string, owner: SessionOwner): Promise<boolean>;
}
