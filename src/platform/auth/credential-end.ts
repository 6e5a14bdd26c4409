import { NEVER, type Observable, timer } from 'rxjs';
import type { AuthenticatedRequest } from './current-principal.decorator';

/** The maximum delay of a timer, about 24 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Emits when the credential of a request expires. Long responses, such as event streams, end with it. */
export function credentialEnd({ credentialEndsAt }: AuthenticatedRequest): Observable<unknown> {
  if (!credentialEndsAt) return NEVER;
  return timer(Math.min(Math.max(0, credentialEndsAt.getTime() - Date.now()), MAX_TIMER_MS));
}
