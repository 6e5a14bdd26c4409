import { isUtf8 } from 'node:buffer';
import { isName, MAX_NAME_LENGTH as MAX_USER_ID_LENGTH } from '../../../platform/auth/principal';
import { DomainError } from '../../../platform/errors/domain-error';
import type { BodyReader } from '../../../platform/http/body.decorator';
import { type JsonListener, JsonDepthError, JsonScanner, JsonSyntaxError } from '../../../platform/json/json-scanner';
import { BoardTooDeepError, MalformedStateError } from '../board/board-errors';
import { limits } from '../board/board';
import { PAGE_LEVELS, PageCounter } from '../board/state-json';
import { type BoardState, MAX_NAME_LENGTH } from './solo-session';

/** Bytes that may be around the state. */
const MAX_ENVELOPE_BYTES = 64 * 1024;

/** What a client says of a session. Other fields that it only repeats from an answer are ignored. */
export interface SessionBody {
  /** The revision that the client changed, where it says so. */
  readonly rev?: number;
  readonly name?: string;
  readonly state?: BoardState;
}

/** What an external system says of a session that it begins for a user. */
export interface UserSessionBody extends SessionBody {
  readonly userId: string;
}

export interface BoardLimits {
  readonly maxBytes: number;
  readonly maxDepth: number;
}

/**
 * Takes the state out of a request as it stands, so that a large board is never parsed and no digit of it changes. A board
 * that breaks a limit is refused at the byte that breaks it.
 */
export function sessionBodyReader(boards: BoardLimits): BodyReader<SessionBody> {
  return new SessionBodyReader(boards, (envelope, state) => ({
    name: nameOf(envelope),
    rev: revOf(envelope),
    state,
  }));
}

/** The same, with the user. */
export function userSessionBodyReader(boards: BoardLimits): BodyReader<UserSessionBody> {
  return new SessionBodyReader(boards, (envelope, state) => ({
    userId: userIdOf(envelope),
    name: nameOf(envelope),
    state,
  }));
}

type Envelope = Readonly<Record<string, unknown>>;

interface Span {
  readonly start: number;
  readonly end: number;
  readonly pageCount: number;
}

class SessionBodyReader<Body> implements BodyReader<Body>, JsonListener {
  private readonly scanner: JsonScanner;
  private received = 0;
  private isObject = false;
  /** Where the state begins that has not ended yet. */
  private stateStart: number | null = null;
  private pages = this.countPages();
  private state: Span | undefined;

  constructor(
    private readonly boards: BoardLimits,
    private readonly toBody: (envelope: Envelope, state: BoardState | undefined) => Body,
  ) {
    // The state is one level down.
    this.scanner = new JsonScanner({
      maxDepth: boards.maxDepth + 1,
      listener: this,
      openDepth: PAGE_LEVELS + 1,
      memberDepth: 2,
    });
  }

  /** @throws DomainError invalid | too-large | unprocessable */
  write(chunk: Buffer): void {
    try {
      this.scanner.write(chunk);
    } catch (error) {
      throw this.refusalFor(error);
    }
    this.received += chunk.length;
    this.checkSize();
  }

  /** @throws DomainError invalid */
  end(bytes: Buffer): Body {
    try {
      this.scanner.end();
    } catch (error) {
      throw this.refusalFor(error);
    }
    if (!this.isObject || !isUtf8(bytes)) throw notJson();
    const { state } = this;
    if (!state) return this.toBody(parseEnvelope(bytes.toString('utf8')), undefined);
    const { start, end, pageCount } = state;
    const envelope = `${bytes.toString('utf8', 0, start)}null${bytes.toString('utf8', end)}`;
    return this.toBody(parseEnvelope(envelope), { json: bytes.subarray(start, end), pageCount });
  }

  onOpen(depth: number, isArray: boolean): void {
    if (depth === 1) this.isObject = !isArray;
    else if (this.stateStart !== null) this.pages.onOpen(depth, isArray);
  }

  onMember(depth: number, name: string | null, offset: number): void {
    if (depth === 1 && name === 'state') {
      this.stateStart = offset;
      this.pages = this.countPages();
    } else if (this.stateStart !== null) {
      this.pages.onMember(depth, name);
    }
  }

  /** Of a state that comes twice the last counts, as in `JSON.parse`. */
  onEnd(depth: number, offset: number): void {
    if (depth !== 1 || this.stateStart === null) return;
    this.state = { start: this.stateStart, end: offset, pageCount: this.pages.pageCount };
    this.stateStart = null;
  }

  private countPages(): PageCounter {
    return new PageCounter(1, (pages) => {
      if (pages > limits.pages) throw tooManyPages();
    });
  }

  private checkSize(): void {
    const { maxBytes } = this.boards;
    const { start, end } = { start: 0, end: 0, ...this.state };
    const stateBytes = this.stateStart === null ? end - start : this.received - this.stateStart;
    if (stateBytes > maxBytes) {
      throw new DomainError('too-large', 'board-too-large', `The board is larger than ${maxBytes} bytes`);
    }
    // Only the state may be large: the rest is parsed on the event loop.
    if (this.received - stateBytes > MAX_ENVELOPE_BYTES) {
      throw new DomainError('too-large', 'body-too-large', 'Beside its state the body is too large');
    }
  }

  private refusalFor(error: unknown): unknown {
    const isInState = this.stateStart !== null;
    if (error instanceof JsonDepthError) {
      if (isInState) return BoardTooDeepError.of(this.boards.maxDepth);
      return DomainError.invalid('body-too-deep', 'The body is nested too deeply');
    }
    if (error instanceof JsonSyntaxError) return isInState ? new MalformedStateError() : notJson();
    return error;
  }
}

function parseEnvelope(json: string): Envelope {
  return JSON.parse(json) as Envelope;
}

function nameOf({ name }: Envelope): string | undefined {
  if (name === undefined) return undefined;
  if (typeof name !== 'string') throw invalid('name', 'must be a text');
  if (name.length > MAX_NAME_LENGTH) throw invalid('name', `must have at most ${MAX_NAME_LENGTH} characters`);
  if (name.includes('\0')) throw invalid('name', 'must not contain a NUL character');
  return name.toWellFormed();
}

function revOf({ rev }: Envelope): number | undefined {
  if (rev == null) return undefined;
  if (Number.isSafeInteger(rev)) return rev as number;
  throw invalid('rev', 'must be a whole number');
}

/** Unlike a session's name it is never mended: it must be the very `sub` of the user's tokens. */
function userIdOf({ user_id: userId }: Envelope): string {
  if (userId === undefined) {
    const message = 'is needed: for which user the board is begun';
    throw DomainError.invalidRequest({ field: 'user_id', message, code: 'required' });
  }
  if (isName(userId)) return userId;
  throw invalid('user_id', `must be a well-formed text of 1 to ${MAX_USER_ID_LENGTH} characters without NUL`);
}

function invalid(field: string, message: string): DomainError {
  return DomainError.invalidRequest({ field, message });
}

function tooManyPages(): DomainError {
  const message = `The board has more than ${limits.pages} pages: it can have at most ${limits.pages}.`;
  return new DomainError('unprocessable', 'too-many-pages', message);
}

function notJson(): DomainError {
  return DomainError.invalid('malformed-json', 'The body must be a JSON object');
}
