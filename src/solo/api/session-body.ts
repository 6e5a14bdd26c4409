import { isUtf8 } from 'node:buffer';
import { applyDecorators } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import { isName, MAX_NAME_LENGTH as MAX_USER_ID_LENGTH } from '../../platform/auth/principal';
import { DomainError } from '../../platform/errors/domain-error';
import { type BodyReader, RawBody } from '../../platform/http/body.decorator';
import { JsonDepthError, type JsonListener, JsonScanner, JsonSyntaxError } from '../../platform/json/json-scanner';
import { limits } from '../model/board/board';
import { BoardTooDeepError, MalformedStateError } from '../model/board/board-errors';
import { PAGE_LEVELS, PageCounter } from '../model/board/state-json';
import {
  type BoardState,
  MAX_NAME_LENGTH,
  type SessionInput,
  type UserSessionInput,
} from '../model/domain/solo-session';

/** The maximum size of the body without the state. */
const MAX_ENVELOPE_BYTES = 64 * 1024;

export interface BoardLimits {
  readonly maxBytes: number;
  readonly maxDepth: number;
}

const SESSION_FIELDS = {
  name: { type: 'string' as const, maxLength: MAX_NAME_LENGTH },
  state: { description: 'The board as the front end stores it: any JSON', nullable: true },
};

const USER_ID = {
  type: 'string' as const,
  minLength: 1,
  maxLength: MAX_USER_ID_LENGTH,
  description: 'The owner of the session: the `sub` of their tokens',
};

/** A route whose body is a session. */
export function ApiSessionBody(): MethodDecorator {
  return applyDecorators(
    SessionRawBody(createSessionReader),
    ApiBody({ schema: { type: 'object' as const, properties: SESSION_FIELDS } }),
  );
}

/** A route whose body is a session with its user. */
export function ApiUserSessionBody(): MethodDecorator {
  const properties = { user_id: USER_ID, ...SESSION_FIELDS };
  return applyDecorators(
    SessionRawBody(createUserSessionReader),
    ApiBody({ schema: { type: 'object' as const, required: ['user_id'], properties } }),
  );
}

function SessionRawBody(createReader: (boards: BoardLimits) => BodyReader): MethodDecorator {
  return RawBody({
    types: ['application/json'],
    limitOf: ({ boards }) => boards.maxBytes + MAX_ENVELOPE_BYTES,
    readerOf: ({ boards }) => createReader(boards),
  });
}

export function createSessionReader(boards: BoardLimits): BodyReader<SessionInput> {
  return new SessionBodyReader(boards, (envelope, state) => ({
    name: readName(envelope),
    rev: readRevision(envelope),
    state,
  }));
}

export function createUserSessionReader(boards: BoardLimits): BodyReader<UserSessionInput> {
  return new SessionBodyReader(boards, (envelope, state) => ({
    userId: readUserId(envelope),
    name: readName(envelope),
    state,
  }));
}

/** The body without its state. */
type Envelope = Readonly<Record<string, unknown>>;

interface Span {
  readonly start: number;
  readonly end: number;
  readonly pageCount: number;
}

/**
 * Extracts the state from a body without parsing it: a large board takes no extra memory, and its
 * JSON is stored unchanged. The body is refused at the byte that exceeds a limit.
 */
class SessionBodyReader<Body> implements BodyReader<Body>, JsonListener {
  private readonly scanner: JsonScanner;
  private received = 0;
  private isObject = false;
  /** The offset of a state that has started but not ended. */
  private stateStart: number | null = null;
  private pages = this.countPages();
  private state: Span | undefined;

  constructor(
    private readonly boards: BoardLimits,
    private readonly toBody: (envelope: Envelope, state: BoardState | undefined) => Body,
  ) {
    // The body adds one level to the state.
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
      throw this.toRefusal(error);
    }
    this.received += chunk.length;
    this.checkSize();
  }

  /** @throws DomainError invalid */
  end(bytes: Buffer): Body {
    try {
      this.scanner.end();
    } catch (error) {
      throw this.toRefusal(error);
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

  /** Of several states the last one counts, as in `JSON.parse`. */
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
    // The rest is parsed on the event loop, so it must be small.
    if (this.received - stateBytes > MAX_ENVELOPE_BYTES) {
      throw new DomainError('too-large', 'body-too-large', 'The body is too large without its state');
    }
  }

  private toRefusal(error: unknown): unknown {
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

function readName({ name }: Envelope): string | undefined {
  if (name === undefined) return undefined;
  if (typeof name !== 'string') throw invalid('name', 'must be a text');
  if (name.length > MAX_NAME_LENGTH) throw invalid('name', `must have at most ${MAX_NAME_LENGTH} characters`);
  if (name.includes('\0')) throw invalid('name', 'must not contain a NUL character');
  return name.toWellFormed();
}

function readRevision({ rev }: Envelope): number | undefined {
  if (rev == null) return undefined;
  if (Number.isSafeInteger(rev)) return rev as number;
  throw invalid('rev', 'must be a whole number');
}

/** Not normalized like a name, because it must equal the `sub` of the user's tokens. */
function readUserId({ user_id: userId }: Envelope): string {
  if (userId === undefined) {
    const message = 'is required: the user for whom the board is created';
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
