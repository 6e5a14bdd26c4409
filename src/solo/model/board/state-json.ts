import { JsonDepthError, JsonScanner, JsonSyntaxError } from '../../../platform/json/json-scanner';
import { BoardTooDeepError, MalformedStateError } from './board-errors';
import { PAGE_LEVELS, PageCounter } from './page-counter';

/**
 * Checks a state without parsing it, which may take a hundred times its memory.
 * @param bytes JSON text in UTF-8
 * @returns how many pages `readBoard` will find
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
 * @param bytes JSON text in UTF-8
 * @throws MalformedStateError
 */
export function parseState(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new MalformedStateError();
  }
}
