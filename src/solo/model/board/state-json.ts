import { MalformedStateError } from './board-errors';

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
