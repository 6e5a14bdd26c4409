import { isUtf8 } from 'node:buffer';
import { DomainError, type FieldError } from '../../../platform/errors/domain-error';
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

/**
 * Takes the state out of a request as it stands, so that a large board is never parsed on the event loop and no digit of
 * it changes.
 * @throws DomainError invalid | too-large when the state has more than `maxStateBytes`
 */
export function readSessionBody(body: Buffer, maxStateBytes: number): SessionBody {
  if (!isUtf8(body)) throw notJson();
  const { rest, member: state } = split(body);
  if (state && state.length > maxStateBytes) {
    throw new DomainError('too-large', 'board-too-large', `The board is larger than ${maxStateBytes} bytes`);
  }
  return { name: nameOf(rest), state };
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
  if (typeof name !== 'string') throw invalidName('must be a text');
  if (name.length > LONGEST_NAME) throw invalidName(`must have at most ${LONGEST_NAME} characters`);
  if (name.includes('\0')) throw invalidName('must not contain a NUL character');
  return name.toWellFormed();
}

function invalidName(message: string): DomainError {
  const field: FieldError = { field: 'name', message };
  return DomainError.invalid('invalid-request', 'The request is not valid', field);
}

function notJson(): DomainError {
  return DomainError.invalid('malformed-json', 'The body must be a JSON object');
}
