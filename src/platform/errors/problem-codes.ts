import type { ProblemCodeEntry } from './code-entry';
import { PARTS_PROBLEM_CODES } from './parts-problem-codes';
import { ROWS_PROBLEM_CODES } from './rows-problem-codes';

const ASK_LATER = 'Wait for the seconds in `Retry-After`, then repeat the request.';
const CORRECT_FIELDS = 'Correct the fields in `errors`.';
const NOT_YOURS = 'It does not exist, or it belongs to someone else.';
const NEW_EXPORT = 'Create a new export.';

/** The codes of HTTP problems, by status. */
export const PROBLEM_CODES = {
  ...PARTS_PROBLEM_CODES,
  ...ROWS_PROBLEM_CODES,
  'bad-request': {
    statuses: [400],
    meaning: 'The request cannot be read.',
    action: 'Correct the request: `detail` says what is wrong.',
  },
  'board-too-complex': {
    statuses: [400],
    failsExports: true,
    meaning: 'Drawing the board exceeded the time or memory of one drawing.',
    action: 'Simplify the board, or export fewer pages.',
  },
  'board-too-large': {
    statuses: [400, 413],
    failsExports: true,
    meaning: 'The board has more bytes, points or pages than the service accepts.',
    action: 'Reduce the board, or export one page.',
  },
  'body-too-deep': {
    statuses: [400],
    meaning: 'The body is nested too deeply.',
    action: 'Send a body with fewer levels.',
  },
  'destination-refused': {
    statuses: [400],
    meaning: 'The destination of a delivery cannot be used.',
    action: CORRECT_FIELDS,
  },
  'id-not-in-encoding': {
    statuses: [400],
    failsExports: true,
    meaning: "The encoding of the database cannot represent the user's or tenant's id.",
    action: 'Ask an operator.',
  },
  'invalid-format': {
    statuses: [400],
    meaning: 'The format does not exist, or is not offered for this kind of export.',
    action: 'Use one of the formats that `errors` names.',
  },
  'invalid-idempotency-key': {
    statuses: [400],
    meaning: 'The `Idempotency-Key` is not 1 to 255 printable ASCII characters.',
    action: 'Send another key, such as a UUID.',
  },
  'invalid-picture': {
    statuses: [400],
    meaning: 'The uploaded picture is not a sound PNG of an allowed size.',
    action: 'Upload another picture.',
  },
  'invalid-request': {
    statuses: [400],
    failsExports: true,
    meaning:
      'Fields of the request are wrong. A failed export has it where the catalog changed after it was requested.',
    action: CORRECT_FIELDS,
  },
  'malformed-json': {
    statuses: [400],
    failsExports: true,
    meaning: 'The body, or the state of the board, is not valid JSON.',
    action: 'Send valid JSON in UTF-8.',
  },
  'no-encryption-key': {
    statuses: [400],
    meaning: 'The service cannot keep secrets, because no `ENCRYPTION_KEY` is set.',
    action: 'Ask an operator to set it, or send a request without a secret.',
  },
  'page-not-found': {
    statuses: [400, 404],
    failsExports: true,
    meaning: 'The board, or the file, does not have the requested page.',
    action: 'Name a page that it has.',
  },
  'table-not-readable': {
    statuses: [400],
    failsExports: true,
    meaning: 'The service has no right to read a table.',
    action: 'Leave the table out, or ask an operator to grant the right.',
  },
  'too-many-columns': {
    statuses: [400],
    failsExports: true,
    meaning: 'The table has more columns than an XLSX sheet can hold.',
    action: 'Use CSV or JSON.',
  },
  'sign-in-link-invalid': {
    statuses: [401],
    meaning: 'The sign-in link is wrong or has expired.',
    action: 'Create another one: `npm run -s console-link`.',
  },
  'sign-in-link-used': {
    statuses: [401],
    meaning: 'The sign-in link was used before.',
    action: 'Create another one: `npm run -s console-link`.',
  },
  unauthorized: {
    statuses: [401],
    meaning: 'The credentials are missing, invalid or expired.',
    action: 'Get a new token, or correct the credentials, as `WWW-Authenticate` requires.',
  },
  'admin-role-required': {
    statuses: [403],
    meaning: 'Only administrators may do this.',
    action: 'Use a token that has the role `admin`.',
  },
  'administrator-right-ended': {
    statuses: [403],
    failsExports: true,
    meaning: 'A scheduled run would read what only administrators may, and its owner is none any more.',
    action: 'Resume the schedule with a token that has the role `admin`, or delete it.',
  },
  forbidden: {
    statuses: [403],
    meaning: 'The signed link is invalid or has expired.',
    action: 'Read the record again: it has a new link.',
  },
  'insufficient-permissions': {
    statuses: [403],
    failsExports: true,
    meaning: "The request is for another user's data.",
    action: 'Request your own data, or use the token of an administrator.',
  },
  'one-time-not-ahead': {
    statuses: [403],
    meaning: 'A prefetch or a link preview requested a one-time file.',
    action: 'Request the file when the user acts, not ahead of it.',
  },
  'one-time-not-in-parts': {
    statuses: [403, 416],
    meaning: 'A one-time file is not served in ranges.',
    action: 'Request it without `Range`.',
  },
  'owner-only': {
    statuses: [403],
    meaning: 'Only the owner may replace or run a schedule.',
    action: 'Pause or delete the schedule instead, or create your own.',
  },
  'shared-by-tenants': {
    statuses: [403],
    meaning: 'All tenants share this, and an administrator of one tenant may not change it.',
    action: 'Use the token of an administrator of all tenants.',
  },
  'customer-not-found': {
    statuses: [404],
    meaning: 'There is no such external system.',
    action: 'List the external systems: `npm run customer -- list`.',
  },
  'data-type-not-found': { statuses: [404], meaning: NOT_YOURS, action: 'List the data types.' },
  'event-not-found': { statuses: [404], meaning: NOT_YOURS, action: 'List the events.' },
  'export-not-found': { statuses: [404], meaning: NOT_YOURS, action: 'List the exports.' },
  'manifest-unavailable': { statuses: [404], meaning: 'The export has no manifest.', action: NEW_EXPORT },
  'not-found': { statuses: [404], meaning: 'There is no such route.', action: 'Correct the path or the method.' },
  'schedule-not-found': { statuses: [404], meaning: NOT_YOURS, action: 'List the schedules.' },
  'session-not-found': { statuses: [404], meaning: NOT_YOURS, action: 'List the boards.' },
  'thumbnail-not-found': {
    statuses: [404],
    meaning: 'The board has no thumbnail yet.',
    action: 'Create the thumbnail.',
  },
  'user-not-found': {
    statuses: [404],
    failsExports: true,
    meaning: 'There is no such user.',
    action: 'Correct the id.',
  },
  'request-timeout': {
    statuses: [408],
    meaning: 'The body did not arrive in time.',
    action: 'Repeat the request on a faster connection.',
  },
  'board-quota-exceeded': {
    statuses: [409],
    meaning: 'The user has `used` boards, and may have `limit`.',
    action: 'Delete boards.',
  },
  'board-storage-quota-exceeded': {
    statuses: [409],
    meaning: 'The boards of the user have `used` bytes, and may have `limit`: `requested` more are too many.',
    action: 'Delete boards, or save smaller ones.',
  },
  'destination-not-reachable': {
    statuses: [409],
    meaning: 'The schedule has no complete destination to deliver to.',
    action: 'Replace the schedule with its destination.',
  },
  'download-under-way': {
    statuses: [409],
    meaning: 'Another client is downloading the one-time file.',
    action: `${ASK_LATER} If that download breaks off, the file is available again.`,
  },
  'export-has-ended': {
    statuses: [409],
    meaning: 'The export has ended and accepts no picture.',
    action: NEW_EXPORT,
  },
  'export-has-no-file': {
    statuses: [409],
    meaning: 'The export has no file: it is unfinished, failed, was cancelled or was streamed.',
    action: 'Wait until the export is `completed`.',
  },
  'export-takes-no-picture': {
    statuses: [409],
    meaning: 'Only a PNG export accepts an uploaded picture.',
    action: 'Create a PNG export.',
  },
  'name-taken': { statuses: [409], meaning: 'The name is in use.', action: 'Choose another name.' },
  'nothing-to-export': {
    statuses: [409],
    failsExports: true,
    meaning: 'No data type offers a table.',
    action: 'Ask an administrator to define data types.',
  },
  'one-time-not-pipelined': {
    statuses: [409],
    meaning: 'A one-time file was requested on a connection on which earlier answers are outstanding.',
    action: 'Repeat the request on a connection of its own.',
  },
  'owner-must-resume': {
    statuses: [409],
    meaning: "The schedule is paused because its owner's right ended: only the owner can resume it.",
    action: 'Have the owner resume it, or create your own.',
  },
  'preview-unsupported': {
    statuses: [409],
    meaning:
      'There is no preview of the file: of its format, because it is a one-time file, or because its board has changed.',
    action: 'Download the file.',
  },
  'session-changed': {
    statuses: [409],
    meaning: 'The board changed while its thumbnail was drawn.',
    action: 'Repeat the request.',
  },
  'too-many-schedules': {
    statuses: [409],
    meaning: 'The owner has as many schedules as allowed.',
    action: 'Delete a schedule.',
  },
  'caller-gone': {
    statuses: [410],
    meaning: 'The client closed the connection while its thumbnail waited.',
    action: 'Repeat the request.',
  },
  'data-type-deleted': {
    statuses: [410],
    meaning: 'The data type that this idempotency key created was deleted.',
    action: 'Use a new idempotency key.',
  },
  'event-gone': {
    statuses: [410],
    failsExports: true,
    meaning: 'The event was deleted, or changed its owner, before it could be exported.',
    action: 'None: the results are no longer available to the caller.',
  },
  'export-file-given-out': {
    statuses: [410],
    meaning: 'The one-time file was downloaded and deleted.',
    action: NEW_EXPORT,
  },
  'export-file-gone': { statuses: [410], meaning: 'The file has expired or was deleted.', action: NEW_EXPORT },
  'schedule-deleted': {
    statuses: [410],
    failsExports: true,
    meaning: 'The schedule that this idempotency key created or ran, or whose run this export is, was deleted.',
    action: 'None for an export. For a request: use a new idempotency key.',
  },
  'session-deleted': {
    statuses: [410],
    failsExports: true,
    meaning: 'The board was deleted.',
    action: 'None for an export. For a request: use a new idempotency key.',
  },
  'one-time-not-conditionally': {
    statuses: [412],
    meaning: 'A one-time file is not served to conditional requests.',
    action: 'Request it without `If-Match`, `If-None-Match` and the like.',
  },
  'revision-mismatch': {
    statuses: [412],
    meaning: 'Another client saved the board: it has the revision `rev` now.',
    action: 'Load the board, repeat the change, and save it with the new revision.',
  },
  'body-too-large': {
    statuses: [413],
    meaning: 'The body is too large beside the state of the board.',
    action: 'Send a smaller body.',
  },
  'payload-too-large': { statuses: [413], meaning: 'The body is too large.', action: 'Send a smaller body.' },
  'unsupported-media-type': {
    statuses: [415],
    meaning: 'The type or the encoding of the body is not supported.',
    action: 'Send one of the types that `detail` names.',
  },
  'range-not-satisfiable': {
    statuses: [416],
    meaning: 'The file has no such range.',
    action: 'Request a range within the size that `Content-Range` names.',
  },
  'board-too-deep': {
    statuses: [422],
    failsExports: true,
    meaning: 'The JSON of the board is nested too deeply.',
    action: 'Simplify the board.',
  },
  'drawing-too-large': {
    statuses: [422],
    failsExports: true,
    meaning: 'The drawing is expected to exceed the time of one drawing.',
    action: 'Lower `pixel_ratio`, or export fewer pages or boards.',
  },
  'idempotency-key-reused': {
    statuses: [422],
    meaning: 'The idempotency key was used for a different request.',
    action: 'Use a new idempotency key.',
  },
  'no-boards-selected': {
    statuses: [422],
    meaning: 'The request for an export of several boards selects none.',
    action: 'Name boards, or use a filter that some of your boards meet.',
  },
  'too-many-boards': {
    statuses: [422],
    meaning: 'The request selects more boards than one export can have: more than `limit`, or too many bytes.',
    action: 'Select fewer boards, and export the others separately.',
  },
  'too-many-pages': { statuses: [422], meaning: 'The board has too many pages.', action: 'Remove pages.' },
  'too-many-rows': {
    statuses: [422],
    meaning: 'The export is expected to have more rows than the service makes at once: `estimate` says how many.',
    action: 'Add filters or export fewer tables, and request the rest as further exports.',
  },
  'rate-limit-exceeded': { statuses: [429], meaning: 'The rate limit is exceeded.', action: ASK_LATER },
  'too-many-event-streams': {
    statuses: [429],
    meaning: 'The caller has as many streams of events open as are allowed.',
    action: 'Close one of them.',
  },
  'too-many-failures': {
    statuses: [429],
    meaning: 'Too many requests with wrong credentials came from this network or for this id.',
    action: `Correct the credentials. ${ASK_LATER}`,
  },
  'too-many-large-bodies': {
    statuses: [429],
    meaning: 'Too many large bodies are being received.',
    action: ASK_LATER,
  },
  'too-many-streams': {
    statuses: [429],
    meaning: 'The account has too many streamed exports open.',
    action: ASK_LATER,
  },
  'too-many-thumbnails': { statuses: [429], meaning: 'Too many thumbnails wait to be drawn.', action: ASK_LATER },
  'internal-server-error': {
    statuses: [500],
    meaning: 'The service failed.',
    action: 'Repeat the request later. Report the `request_id` if it happens again.',
  },
  'format-not-installed': {
    statuses: [501],
    failsExports: true,
    meaning: 'The format exists, but this installation of the service lacks the package that writes it.',
    action: 'Choose another format, or ask an operator to install optional dependencies.',
  },
  'service-unavailable': {
    statuses: [503],
    meaning: 'The database or the storage cannot be reached.',
    action: ASK_LATER,
  },
} as const satisfies Readonly<Record<string, ProblemCodeEntry>>;

export type ProblemCode = keyof typeof PROBLEM_CODES;
