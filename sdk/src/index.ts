export { type OpenApiClient, unwrap } from './api.js';
export { createClient, type ExportClient } from './client.js';
export { describeError, type Locale } from './describe-error.js';
export {
  type ClientErrorCode,
  ConnectionError,
  DownloadError,
  type ErrorCode,
  ExportCancelledError,
  ExportFailedError,
  ExportServiceError,
  RateLimitedError,
  UnauthorizedError,
} from './errors.js';
export type { CallOptions, CreateOptions, Exports } from './exports.js';
export type { Destinations } from './destinations.js';
export type { DownloadOptions, DownloadProgress } from './download.js';
export type { FollowOptions } from './follow.js';
export type { WatchOptions } from './watch.js';
export { newIdempotencyKey } from './idempotency-key.js';
export type { Boards } from './boards.js';
export type { Events } from './events.js';
export type { Schedules } from './schedules.js';
export type { Retry } from './retry.js';
export type { ClientOptions } from './transport.js';
export type * from './types.js';
export type { components, operations, paths } from './generated/openapi.js';
