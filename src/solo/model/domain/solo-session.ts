import { DomainError } from '../../../platform/errors/domain-error';

/** A whiteboard as its owner keeps it. */
export interface SoloSession {
  readonly id: string;
  readonly userId: string;
  readonly tenantId: string | null;
  /** The external system that began it on behalf of its user. */
  readonly customerId: string | null;
  readonly name: string;
  readonly pageCount: number;
  /** Counts the changes, from 1. */
  readonly rev: number;
  readonly thumbnailKey: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The board itself as JSON, to the letter as it was sent: no number, key or escape of it is ours to change. */
export interface BoardState {
  /** UTF-8 */
  readonly json: Buffer;
  readonly pageCount: number;
}

/** The session has another revision than the client expects: another client saved first. */
export class RevisionMismatchError extends DomainError {
  constructor(rev: number) {
    const message = `The board was saved by another client: its revision is ${rev} now. Load it and repeat your change.`;
    super('precondition', 'revision-mismatch', message, { extensions: { rev } });
  }
}

/** What a session may be called when it is made without a name. */
export const DEFAULT_NAME = 'Untitled';
export const MAX_NAME_LENGTH = 255;
