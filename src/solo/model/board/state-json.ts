import { JsonDepthError, type JsonListener, JsonScanner, JsonSyntaxError } from '../../../platform/json/json-scanner';
import { BoardTooDeepError, MalformedStateError } from './board-errors';

/** A state that was checked, and where its lists of points are. */
export interface ScannedState {
  readonly pageCount: number;
  readonly lists: ListsOfPoints;
}

/**
 * Checks a state, counts its pages and finds its points without parsing it: a parsed state may take a hundred times
 * the memory.
 * @param bytes JSON in UTF-8
 * @throws MalformedStateError | BoardTooDeepError
 */
export function scanState(bytes: Uint8Array, maxDepth: number): ScannedState {
  const pages = new PageCounter(0);
  const lists = new ListsOfPoints(bytes);
  const listener: JsonListener = {
    onOpen: (depth, isArray) => {
      pages.onOpen(depth, isArray);
    },
    onMember: (depth, name, offset) => {
      pages.onMember(depth, name);
      lists.onMember(depth, name, offset);
    },
    onEnd: (depth, offset) => {
      lists.onEnd(depth, offset);
    },
  };
  const scanner = new JsonScanner({ maxDepth, listener, openDepth: PAGE_LEVELS, memberDepth: POINTS_DEPTH });
  try {
    scanner.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    scanner.end();
  } catch (error) {
    if (error instanceof JsonDepthError) throw BoardTooDeepError.of(maxDepth);
    if (error instanceof JsonSyntaxError) throw new MalformedStateError();
    throw error;
  }
  return { pageCount: pages.pageCount, lists };
}

/**
 * Parses a scanned state, in which each list of points is the number of the list.
 * @throws MalformedStateError
 */
export function parseState({ lists }: ScannedState): unknown {
  return parseJson(lists.bytesWithoutThem());
}

/**
 * @param bytes JSON in UTF-8
 * @throws MalformedStateError
 */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new MalformedStateError();
  }
}

/** The depth of a stroke: the root, the list of pages, the page, its strokes, the stroke. On the oldest boards it is less. */
const POINTS_DEPTH = 5;
/** Of the number of a list. */
const MAX_DIGITS = 9;

/** The members `points` of a state: most of its bytes, which as objects would take ten times the memory. */
export class ListsOfPoints implements JsonListener {
  /** The start and the end of each value, in turn. */
  private readonly bounds: number[] = [];
  /** The depth of the member whose value is being scanned. */
  private openDepth = 0;

  constructor(private readonly bytes: Uint8Array) {}

  onMember(depth: number, name: string | null, offset: number): void {
    if (this.openDepth > 0 || name !== 'points') return;
    this.openDepth = depth;
    this.bounds.push(offset);
  }

  onEnd(depth: number, offset: number): void {
    if (this.openDepth !== depth) return;
    this.openDepth = 0;
    this.bounds.push(offset);
  }

  bytesOf(number: number): Uint8Array | undefined {
    const [from, to] = [this.bounds[2 * number], this.bounds[2 * number + 1]];
    return from === undefined || to === undefined ? undefined : this.bytes.subarray(from, to);
  }

  /** The state with numbers in the place of these members' values. */
  bytesWithoutThem(): Uint8Array {
    const state = Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    // A number may be longer than the value that it replaces. There may be millions: no object for each.
    const rest = Buffer.allocUnsafeSlow(state.length + MAX_DIGITS * (this.bounds.length / 2));
    let [read, written] = [0, 0];
    for (let at = 0; at < this.bounds.length; at += 2) {
      written += state.copy(rest, written, read, this.bounds[at]);
      written += rest.write(String(at / 2), written, 'latin1');
      read = this.bounds[at + 1] ?? 0;
    }
    written += state.copy(rest, written, read);
    return rest.subarray(0, written);
  }
}

/** Levels of the state that the counter reads: the root, the list of pages, the pages. */
export const PAGE_LEVELS = 3;

/** Counts the pages of a state while its JSON is scanned, with the same result as `readBoard`. */
export class PageCounter implements JsonListener {
  /** Whether the current member is `pages`. Of several the last one counts, as in `JSON.parse`. */
  private isPages = false;
  private hasList = false;
  private pages = 0;

  /**
   * @param outerDepth how many containers surround the state
   * @param onPage called for each page with the count so far
   */
  constructor(
    private readonly outerDepth: number,
    private readonly onPage: (pages: number) => void = () => undefined,
  ) {}

  /** At least 1: a board without a list of pages has one page. */
  get pageCount(): number {
    return this.hasList ? Math.max(1, this.pages) : 1;
  }

  onOpen(depth: number, isArray: boolean): void {
    const level = depth - this.outerDepth;
    if (!this.isPages) return;
    if (level === 2) this.hasList = isArray;
    else if (level === 3 && this.hasList && !isArray) {
      this.pages += 1;
      this.onPage(this.pages);
    }
  }

  onMember(depth: number, name: string | null): void {
    if (depth - this.outerDepth !== 1) return;
    this.isPages = name === 'pages';
    if (!this.isPages) return;
    this.hasList = false;
    this.pages = 0;
  }
}
