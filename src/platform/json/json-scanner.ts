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
 * What a scanner reports of the outer containers. Depths count containers: 1 is the outermost. Offsets count bytes from the
 * beginning of the text.
 */
export interface JsonListener {
  /** A container opened. */
  onOpen?(depth: number, isArray: boolean): void;
  /**
   * The value of a member follows.
   * @param name with one character for each byte, so that only an ASCII name is readable; `null` for a long one
   * @param offset after the colon
   */
  onMember?(depth: number, name: string | null, offset: number): void;
  /**
   * A member or an element ended, or an empty container did.
   * @param depth of the container that has it
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

/** Bytes of the longest name that is reported: room for short ones whose every letter is an escape. */
const MAX_NAME_BYTES = 64;

/**
 * Checks JSON text while it arrives, byte by byte, in chunks of any size. It accepts what `JSON.parse` accepts, keeps no
 * value, and needs as much memory for a large text as for a small one.
 */
export class JsonScanner {
  private state: number = State.value;
  private depth = 0;
  /** By depth, whether the container is an array. */
  private readonly isArray: Uint8Array;
  private readonly listener: JsonListener;
  private readonly openDepth: number;
  private readonly memberDepth: number;
  /** Bytes of the chunks before the current one. */
  private offset = 0;
  private isInName = false;
  private name = '';
  /** Where the current chunk's part of the name begins. */
  private nameStart = 0;

  constructor(private readonly options: JsonScannerOptions) {
    this.isArray = new Uint8Array(options.maxDepth + 1);
    this.listener = options.listener ?? {};
    this.openDepth = options.openDepth ?? 1;
    this.memberDepth = options.memberDepth ?? 1;
  }

  /**
   * Reads the next bytes. After an error the scanner is of no more use.
   * @throws JsonSyntaxError | JsonDepthError | whatever the listener throws
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
      this.keepName(chunk, chunk.length);
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
        this.keepName(chunk, at);
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

  /** Adds what the current chunk has of the name, up to `end`. One byte more than the maximum shows that it is too long. */
  private keepName(chunk: Buffer, end: number): void {
    if (this.depth > this.memberDepth) return;
    const room = MAX_NAME_BYTES + 1 - this.name.length;
    this.name += chunk.toString('latin1', this.nameStart, Math.min(end, this.nameStart + room));
  }

  private nameText(): string | null {
    if (this.name.length > MAX_NAME_BYTES) return null;
    // A name may be written with escapes.
    return this.name.includes('\\') ? (JSON.parse(`"${this.name}"`) as string) : this.name;
  }
}
