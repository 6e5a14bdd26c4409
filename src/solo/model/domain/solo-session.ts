import { DomainError } from '../../../platform/errors/domain-error';

/** A board session: a whiteboard of a user. */
export interface SoloSession {
  readonly id: string;
  readonly userId: string;
  readonly tenantId: string | null;
  /** The external system that created the session for its user. */
  readonly customerId: string | null;
  readonly name: string;
  readonly pageCount: number;
  /** The revision, counted from 1 and incremented by every change. */
  readonly rev: number;
  readonly thumbnailKey: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The board itself, as the exact JSON that the client sent. */
export interface BoardState {
  /** In UTF-8. */
  readonly json: Buffer;
  readonly pageCount: number;
}

/** The fields of a request that creates or updates a session. */
export interface SessionInput {
  /** The revision that the client changed. */
  readonly rev?: number;
  readonly name?: string;
  readonly state?: BoardState;
}

/** A request of an external system for one of its users. */
export interface UserSessionInput extends SessionInput {
  readonly userId: string;
}

/** The session has another revision than the client expects, because another client saved it. */
export class RevisionMismatchError extends DomainError {
  constructor(rev: number) {
    const message = `The board was saved by another client: its revision is ${rev} now. Load it and repeat your change.`;
    super('precondition', 'revision-mismatch', message, { extensions: { rev } });
  }
}

export const DEFAULT_NAME = 'Untitled';
export const MAX_NAME_LENGTH = 255;

/** The storage prefix of all thumbnails. */
export const THUMBNAILS = 'thumbnails/';

export function thumbnailPrefix(sessionId: string): string {
  return `${THUMBNAILS}${sessionId}/`;
}
