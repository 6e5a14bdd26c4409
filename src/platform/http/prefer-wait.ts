import type { Request } from 'express';

export const MAX_WAIT_SECONDS = 30;

/** Splits a list at commas outside of quoted strings. */
const ELEMENT = /(?:[^",]|"(?:[^"\\]|\\.)*"?)+/g;
const IS_WAIT = /^\s*wait\s*(?:[=;]|$)/i;
const WAIT = /^\s*wait\s*=\s*("?)(\d+)\1\s*(?:;|$)/i;

/**
 * How many seconds the client wants to wait for the result (`Prefer: wait`, RFC 7240, 4.3), capped. The first preference
 * counts.
 * @returns `null` without a valid preference
 */
export function preferredWait(request: Request): number | null {
  const elements: readonly string[] = request.get('Prefer')?.match(ELEMENT) ?? [];
  const [, , seconds] = WAIT.exec(elements.find((element) => IS_WAIT.test(element)) ?? '') ?? [];
  return seconds === undefined ? null : Math.min(Number(seconds), MAX_WAIT_SECONDS);
}
