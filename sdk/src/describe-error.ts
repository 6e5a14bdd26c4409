import { ExportServiceError } from './errors.js';
import { messages } from './generated/messages.js';
import { formatMessage, type Message } from './messages/format-message.js';

export type Locale = keyof typeof messages;

/** The message of each code that has none of its own. */
const SHARED: Readonly<Record<string, keyof (typeof messages)['en']>> = {
  'administrator-right-ended': 'admin-role-required',
  'board-storage-quota-exceeded': 'board-quota-exceeded',
  'board-too-deep': 'board-too-large',
  'body-too-deep': 'bad-request',
  'body-too-large': 'payload-too-large',
  'caller-gone': 'connection-lost',
  'connection-closed': 'export-failed',
  'customer-not-found': 'not-found',
  'data-type-deleted': 'deleted',
  'data-type-not-found': 'not-found',
  'destination-not-reachable': 'destination-refused',
  'division-impossible': 'bad-request',
  'drawing-interrupted': 'board-too-complex',
  'drawing-too-large': 'board-too-complex',
  'event-gone': 'deleted',
  'event-not-found': 'not-found',
  'export-not-divided': 'bad-request',
  'export-not-found': 'not-found',
  'export-takes-no-picture': 'bad-request',
  'file-not-produced': 'internal-server-error',
  'file-not-stored': 'service-unavailable',
  'format-not-installed': 'operator-needed',
  'id-not-in-encoding': 'operator-needed',
  'idempotency-key-reused': 'bad-request',
  'invalid-idempotency-key': 'bad-request',
  'malformed-json': 'bad-request',
  'no-encryption-key': 'operator-needed',
  'nothing-to-export': 'operator-needed',
  'one-time-in-parts': 'bad-request',
  'one-time-not-ahead': 'bad-request',
  'one-time-not-conditionally': 'bad-request',
  'one-time-not-in-parts': 'bad-request',
  'one-time-not-pipelined': 'bad-request',
  'owner-must-resume': 'owner-only',
  'part-not-found': 'not-found',
  'range-not-satisfiable': 'bad-request',
  'revision-mismatch': 'session-changed',
  'rows-not-read': 'export-failed',
  'schedule-deleted': 'deleted',
  'schedule-not-found': 'not-found',
  'service-stopped': 'export-failed',
  'session-deleted': 'deleted',
  'session-not-found': 'not-found',
  'shared-by-tenants': 'admin-role-required',
  'table-not-readable': 'operator-needed',
  'thumbnail-not-found': 'not-found',
  'too-many-event-streams': 'rate-limit-exceeded',
  'too-many-large-bodies': 'rate-limit-exceeded',
  'too-many-pages': 'board-too-large',
  'too-many-partitions': 'too-many-parts',
  'too-many-streams': 'rate-limit-exceeded',
  'too-many-thumbnails': 'rate-limit-exceeded',
  'unsupported-media-type': 'bad-request',
  'user-not-found': 'not-found',
};

const SECONDS_PER_MINUTE = 60;

/** What happened and what to do, for a person. An error with an unknown code is described by its own English text. */
export function describeError(error: unknown, locale: Locale): string {
  if (!(error instanceof ExportServiceError)) return error instanceof Error ? error.message : String(error);
  const catalogue: Readonly<Record<string, Message>> = messages[locale];
  const message = catalogue[SHARED[error.code] ?? error.code];
  return [
    message === undefined ? error.detail : formatMessage(message, locale),
    ...error.fields.map(({ field, message: text }) => `${field}: ${text}.`),
    ...waiting(error, locale),
  ].join(' ');
}

function waiting({ retryAfterSeconds: seconds }: ExportServiceError, locale: Locale): string[] {
  if (seconds === undefined) return [];
  const isLong = seconds > 2 * SECONDS_PER_MINUTE;
  const message = messages[locale][isLong ? 'wait-minutes' : 'wait-seconds'];
  return [formatMessage(message, locale, { count: Math.ceil(isLong ? seconds / SECONDS_PER_MINUTE : seconds) })];
}
