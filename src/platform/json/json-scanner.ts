import { Action, FINAL_STATES, FIRST_ACTION, State, TABLE } from './json-grammar';

/** The text is not JSON. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
}

/** The text is nested more deeply than the scanner allows. */
export class JsonDepthError extends Error {
  override readonly name = 'JsonDepthError';
}

/**
 * Receives the events of the outer containers. A depth counts containers, and 1 is the outermost.
 * An offset counts bytes from the start of the text.
 */
export interface JsonListener {
  /** A container opened. */
  onOpen?(depth: number, isArray: boolean): void;
  /**
   * The value of a member starts.
   * @param name has one character for each byte, so that only ASCII names are readable; `null` for
   *   a long name
   * @param offset of the byte after the colon
   */
  onMember?(depth: number, name: string | null, offset: number): void;
  /**
   * A member or an element ended, or an empty container did.
   * @param depth of its container
   * @param offset of the comma or the bracket
   */
  onEnd?(depth: number, offset: number): void;
}

export interface JsonScannerOptions {
  readonly maxDepth: number;
  readonly listener?: JsonListener;
  /** `onOpen` is called down to this depth; 1 by default. */
  readonly openDepth?: number;
  /** `onMember` and `onEnd` are called for containers down to this depth; 1 by default. */
  readonly memberDepth?: number;
}

/** The maximum length of a reported name. Every letter may be an escape of six bytes. */
const MAX_NAME_BYTES = 64;

/**
 * Validates JSON incrementally, in chunks of any size. It accepts what `JSON.parse` accepts, stores
 * no values, and uses constant memory.
 */
export class JsonScanner {
  private state: number = State.value;
  private depth = 0;
  /** Whether the container at each depth is an array. */
  private readonly isArray: Uint8Array;
  private readonly listener: JsonListener;
  private readonly openDepth: number;
  private readonly memberDepth: number;
  /** Bytes of the chunks before the current one. */
  private offset = 0;
  private isInName = false;
  private name = '';
  /** The start of the name in the current chunk. */
  private nameStart = 0;

  constructor(private readonly options: JsonScannerOptions) {
    this.isArray = new Uint8Array(options.maxDepth + 1);
    this.listener = options.listener ?? {};
    this.openDepth = options.openDepth ?? 1;
    this.memberDepth = options.memberDepth ?? 1;
  }

  /**
   * Reads the next bytes. After an error the scanner must not be used again.
   * @throws JsonSyntaxError | JsonDepthError | errors of the listener
   */
  write(chunk: Buffer): void {
    let state = this.state;
    for (let at = 0; at < chunk.length; at += 1) {
      const next = TABLE[(state << 8) | (chunk[at] ?? 0)] ?? State.error;
      if (next < FIRST_ACTION && next !== State.error) state = next;
      else state = this.act(next, chunk, at);
    }
    this.state = state;
    if (this.isInName) {
      this.appendName(chunk, chunk.length);
      this.nameStart = 0;
    }
    this.offset += chunk.length;
  }

  /** @throws JsonSyntaxError when the text is not complete */
  end(): void {
    if (this.depth > 0 || !FINAL_STATES.includes(this.state)) throw new JsonSyntaxError('The text ends too early');
  }

  /** @returns the state that follows */
  private act(action: number, chunk: Buffer, at: number): number {
    switch (action) {
      case Action.openObject:
        return this.open(false);
      case Action.openArray:
        return this.open(true);
      case Action.closeObject:
        return this.close(false, at);
      case Action.closeArray:
        return this.close(true, at);
      case Action.comma:
        return this.separate(at);
      case Action.beginName:
        this.isInName = true;
        this.name = '';
        this.nameStart = at + 1;
        return State.string;
      case Action.beginString:
        return State.string;
      case Action.endString:
        if (!this.isInName) return State.afterValue;
        this.isInName = false;
        this.appendName(chunk, at);
        return State.colon;
      case Action.colon:
        if (this.depth <= this.memberDepth) {
          this.listener.onMember?.(this.depth, this.nameText(), this.offset + at + 1);
        }
        return State.value;
      default:
        throw new JsonSyntaxError(`Byte ${this.offset + at} is not expected`);
    }
  }

  private open(isArray: boolean): number {
    if (this.depth === this.options.maxDepth) {
      throw new JsonDepthError(`The text is nested more than ${this.options.maxDepth} levels deep`);
    }
    this.depth += 1;
    this.isArray[this.depth] = isArray ? 1 : 0;
    if (this.depth <= this.openDepth) this.listener.onOpen?.(this.depth, isArray);
    return isArray ? State.firstElement : State.firstName;
  }

  private close(isArray: boolean, at: number): number {
    if (this.depth === 0 || (this.isArray[this.depth] === 1) !== isArray) {
      throw new JsonSyntaxError(`Byte ${this.offset + at} closes what is not open`);
    }
    if (this.depth <= this.memberDepth) this.listener.onEnd?.(this.depth, this.offset + at);
    this.depth -= 1;
    return State.afterValue;
  }

  private separate(at: number): number {
    if (this.depth === 0) throw new JsonSyntaxError(`Byte ${this.offset + at} is not expected`);
    if (this.depth <= this.memberDepth) this.listener.onEnd?.(this.depth, this.offset + at);
    return this.isArray[this.depth] === 1 ? State.value : State.name;
  }

  /**
   * Appends the name's part in the current chunk. One byte more than the maximum marks a name that
   * is too long.
   */
  private appendName(chunk: Buffer, end: number): void {
    if (this.depth > this.memberDepth) return;
    const room = MAX_NAME_BYTES + 1 - this.name.length;
    this.name += chunk.toString('latin1', this.nameStart, Math.min(end, this.nameStart + room));
  }

  private nameText(): string | null {
    if (this.name.length > MAX_NAME_BYTES) return null;
    // A name may contain escapes.
    return this.name.includes('\\') ? (JSON.parse(`"${this.name}"`) as string) : this.name;
  }
}
