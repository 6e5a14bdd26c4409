import type { Request } from 'express';
import type { SoloSession } from '../model/domain/solo-session';

/** The entity tag of a session, which changes with its revision. */
export function sessionTag({ rev }: SoloSession): string {
  return `"${rev}"`;
}

/** Proxies that compress responses make their tags weak; the revision is still the same. */
const WEAK = /^W\//;

/**
 * Reads the revisions that `If-Match` accepts (RFC 9110, 13.1.1).
 * @returns `null` when it accepts any revision, like `*`
 */
export function readExpectedRevisions(request: Request): readonly number[] | null {
  const tags = request
    .get('If-Match')
    ?.split(',')
    .map((tag) => tag.trim().replace(WEAK, ''));
  if (!tags || tags.includes('*')) return null;
  return tags.flatMap((tag) => /^"(\d{1,9})"$/.exec(tag)?.[1] ?? []).map(Number);
}
