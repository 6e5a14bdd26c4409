import { JsonDepthError, type JsonListener, JsonScanner, JsonSyntaxError } from '../../../platform/json/json-scanner';
import { BoardTooDeepError, MalformedStateError } from './board-errors';

/**
 * Checks a state and counts its pages without parsing it: a parsed state may take a hundred times
 * the memory.
 * @param bytes JSON in UTF-8
 * @throws MalformedStateError | BoardTooDeepError
 */
export function scanState(bytes: Uint8Array, maxDepth: number): { readonly pageCount: number } {
  const pages = new PageCounter(0);
  const scanner = new JsonScanner({ maxDepth, listener: pages, openDepth: PAGE_LEVELS, memberDepth: 1 });
  try {
    scanner.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    scanner.end();
  } catch (error) {
    if (error instanceof JsonDepthError) throw BoardTooDeepError.of(maxDepth);
    if (error instanceof JsonSyntaxError) throw new MalformedStateError();
    throw error;
  }
  return pages;
}

/**
 * Parses a stored state.
 * @param bytes JSON in UTF-8
 * @throws MalformedStateError
 */
export function parseState(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new MalformedStateError();
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
