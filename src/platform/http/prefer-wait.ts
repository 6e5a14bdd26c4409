import type { Request } from 'express';

export const MAX_WAIT_SECONDS = 30;

/** A list is split at its commas, but for those in quoted strings. */
const ELEMENT = /(?:[^",]|"(?:[^"\\]|\\.)*"?)+/g;
const IS_WAIT = /^\s*wait\s*(?:[=;]|$)/i;
const WAIT = /^\s*wait\s*=\s*("?)(\d+)\1\s*(?:;|$)/i;

/**
 * How many seconds a client wants a request to wait for its work, by `Prefer: wait` (RFC 7240, 4.3), capped. Of several the
 * first counts.
 * @returns `null` where it does not say so, or not in a form that can be read
 */
export function preferredWait(request: Request): number | null {
  const elements: readonly string[] = request.get('Prefer')?.match(ELEMENT) ?? [];
  const [, , seconds] = WAIT.exec(elements.find((element) => IS_WAIT.test(element)) ?? '') ?? [];
  return seconds === undefined ? null : Math.min(Number(seconds), MAX_WAIT_SECONDS);
}
