import { NEVER, type Observable, timer } from 'rxjs';
import type { AuthenticatedRequest } from './current-principal.decorator';

/** The longest time that a timer takes, some 24 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Emits when the credential of a request ends, for an answer that outlives its start: what was granted ends with it. */
export function credentialEnd({ credentialEndsAt }: AuthenticatedRequest): Observable<unknown> {
  if (!credentialEndsAt) return NEVER;
  return timer(Math.min(Math.max(0, credentialEndsAt.getTime() - Date.now()), MAX_TIMER_MS));
}
