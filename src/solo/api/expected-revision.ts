import type { Request } from 'express';
import type { SoloSession } from '../model/domain/solo-session';

/** The entity tag of a session: it changes with each saved change. */
export function revisionTag({ rev }: SoloSession): string {
  return `"${rev}"`;
}

/** Proxies that compress answers make their tags weak; a revision is the same board all the same. */
const WEAK = /^W\//;

/**
 * The revisions of which `If-Match` allows any (RFC 9110, 13.1.1).
 * @returns `null` where there is no condition, as for `*` on a session that exists
 */
export function expectedRevisions(request: Request): readonly number[] | null {
  const tags = request
    .get('If-Match')
    ?.split(',')
    .map((tag) => tag.trim().replace(WEAK, ''));
  if (!tags || tags.includes('*')) return null;
  return tags.flatMap((tag) => /^"(\d{1,9})"$/.exec(tag)?.[1] ?? []).map(Number);
}
