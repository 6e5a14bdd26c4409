import { isUtf8 } from 'node:buffer';
import { isName, LONGEST_NAME as LONGEST_USER_ID } from '../../../platform/auth/caller';
import { DomainError } from '../../../platform/errors/domain-error';
import { splitMember } from './json-member';
import { LONGEST_NAME } from './solo-session';

/** Characters that may stand around the state. */
const LARGEST_ENVELOPE = 64 * 1024;

/** What a client says of a session. Fields that it only repeats from an answer, such as `rev`, are passed over. */
export interface SessionBody {
  readonly name?: string;
  /** The bytes of the state exactly as sent; not yet known to be sound JSON. */
  readonly state?: Buffer;
}

/** What an external system says of a session that it begins for a user. */
export interface UserSessionBody extends SessionBody {
  readonly userId: string;
}

/**
 * Takes the state out of a request as it stands, so that a large board is never parsed on the event loop and no digit of
 * it changes.
 * @throws DomainError invalid | too-large when the state has more than `maxStateBytes`
 */
export function readSessionBody(body: Buffer, maxStateBytes: number): SessionBody {
  const { rest, state } = read(body, maxStateBytes);
  return { name: nameOf(rest), state };
}

/**
 * The same, with the user.
 * @throws as `readSessionBody`
 */
export function readUserSessionBody(body: Buffer, maxStateBytes: number): UserSessionBody {
  const { rest, state } = read(body, maxStateBytes);
  return { userId: userIdOf(rest), name: nameOf(rest), state };
}

function read(body: Buffer, maxStateBytes: number): { rest: Record<string, unknown>; state: Buffer | undefined } {
  if (!isUtf8(body)) throw notJson();
  const { rest, member: state } = split(body);
  if (state && state.length > maxStateBytes) {
    throw new DomainError('too-large', 'board-too-large', `The board is larger than ${maxStateBytes} bytes`);
  }
  return { rest, state };
}

function split(body: Buffer): { rest: Record<string, unknown>; member: Buffer | undefined } {
  try {
    const { rest, member } = splitMember(body, 'state');
    // Only the state may be large: the rest is parsed here, on the event loop.
    if (rest.length > LARGEST_ENVELOPE) {
      throw new DomainError('too-large', 'body-too-large', 'Beside its state the body is too large');
    }
    const parsed: unknown = JSON.parse(rest);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
      return { rest: parsed as Record<string, unknown>, member };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw notJson();
}

function nameOf({ name }: Record<string, unknown>): string | undefined {
  if (name === undefined) return undefined;
  if (typeof name !== 'string') throw invalid('name', 'must be a text');
  if (name.length > LONGEST_NAME) throw invalid('name', `must have at most ${LONGEST_NAME} characters`);
  if (name.includes('\0')) throw invalid('name', 'must not contain a NUL character');
  return name.toWellFormed();
}

/** Unlike a session's name it is never mended: it must be the very `sub` of the user's tokens. */
function userIdOf({ user_id: userId }: Record<string, unknown>): string {
  if (userId === undefined) throw invalid('user_id', 'is needed: for which user the board is begun');
  if (isName(userId)) return userId;
  throw invalid('user_id', `must be a well-formed text of 1 to ${LONGEST_USER_ID} characters without NUL`);
}

function invalid(field: string, message: string): DomainError {
  return DomainError.invalidRequest({ field, message });
}

function notJson(): DomainError {
  return DomainError.invalid('malformed-json', 'The body must be a JSON object');
}
