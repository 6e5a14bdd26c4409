import { ConnectionError, describeError, DownloadError, ExportServiceError, type Locale } from '../index.js';

/** How the program ends. docs/guides/cli.md lists them. */
export const ExitCode = {
  Ok: 0,
  /** The export failed, or something that no other code names. */
  Failed: 1,
  Usage: 2,
  Unauthorized: 3,
  NotFound: 4,
  RateLimited: 5,
  Unreachable: 6,
  /** A file cannot be written, exists already, or is not the one that the service made. */
  File: 7,
  Interrupted: 130,
  /** The reader of the output left. */
  BrokenPipe: 141,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Ends the program with a sentence that says what to do. */
export class CommandError extends Error {
  override name = 'CommandError';

  constructor(
    message: string,
    readonly exitCode: ExitCode,
  ) {
    super(message);
  }
}

/** The command line is wrong: says what to write instead. */
export class UsageError extends CommandError {
  constructor(message: string) {
    super(message, ExitCode.Usage);
  }
}

const BY_STATUS: Readonly<Record<number, ExitCode>> = {
  400: ExitCode.Usage,
  401: ExitCode.Unauthorized,
  403: ExitCode.Unauthorized,
  404: ExitCode.NotFound,
  410: ExitCode.NotFound,
  422: ExitCode.Usage,
  429: ExitCode.RateLimited,
  503: ExitCode.Unreachable,
};

/** The exit code of whatever was thrown. */
export function toExitCode(error: unknown): ExitCode {
  if (error instanceof CommandError) return error.exitCode;
  if (error instanceof ConnectionError) return ExitCode.Unreachable;
  if (error instanceof DownloadError || isFileError(error)) return ExitCode.File;
  if (!(error instanceof ExportServiceError)) return ExitCode.Failed;
  // An export whose file has expired: no request failed.
  if (error.code === 'export-file-gone') return ExitCode.NotFound;
  return BY_STATUS[error.status ?? 0] ?? ExitCode.Failed;
}

/** What is wrong and what to do, in words. */
export function toWords(error: unknown, locale: Locale): string {
  if (error instanceof CommandError) return error.message;
  if (isFileError(error)) return `${error.message}. Name another place with --output.`;
  return describeError(error, locale);
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

/** The error for programs, as `--json` prints it. */
export function toJson(error: unknown, locale: Locale): object {
  const message = toWords(error, locale);
  if (!(error instanceof ExportServiceError)) return { message };
  const { code, status, requestId, retryAfterSeconds, fields } = error;
  return { code, status, message, fields, request_id: requestId, retry_after: retryAfterSeconds };
}
