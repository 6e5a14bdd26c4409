import type { S3ServiceException } from '@aws-sdk/client-s3';
import { OutboundRefusedError } from '../../infrastructure/outbound/outbound-addresses';
import { DecryptionError } from '../../infrastructure/secret-cipher';

/** Why a bucket does not take files, in words for whoever gave its address. */
export class BucketAccessError extends Error {
  override readonly name = 'BucketAccessError';
}

/** The detail would let users scan networks with hosts of their choice: only administrators see it. */
export class BucketUnreachableError extends BucketAccessError {
  constructor(
    { host }: BucketLocation,
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super(`No S3 storage could be reached at ${host}`, options);
  }
}

/** What is known of the bucket that gave trouble. */
export interface BucketLocation {
  /** `s3://bucket/prefix/` */
  readonly uri: string;
  /** Where it was looked for. */
  readonly host: string;
}

const WORDS: Readonly<Record<string, (place: BucketLocation) => string>> = {
  NoSuchBucket: ({ uri, host }) => `There is no bucket for ${uri} at ${host}`,
  InvalidBucketName: ({ uri, host }) => `The storage at ${host} has no bucket of the name in ${uri}`,
  InvalidAccessKeyId: ({ host }) => `The storage at ${host} does not know the access key id`,
  SignatureDoesNotMatch: () => 'The secret access key is not the one of the access key id',
  AccessDenied: ({ uri }) => `The credentials have no right to write to ${uri}`,
  AllAccessDisabled: ({ uri }) => `All access to ${uri} is switched off`,
  QuotaExceeded: ({ uri }) => `There is no room left at ${uri}`,
  XMinioStorageFull: ({ uri }) => `There is no room left at ${uri}`,
  RequestTimeTooSkewed: ({ host }) => `The clocks of this service and of the storage at ${host} differ too much`,
};

const OTHER_REGION: ReadonlySet<string> = new Set([
  'PermanentRedirect',
  'TemporaryRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
]);

// In the message too, as the SDK wraps some errors in a text.
const UNREACHABLE =
  /\b(ECONN[A-Z]+|ENOTFOUND|EAI_[A-Z]+|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EPIPE|TimeoutError|AbortError|socket hang up)\b/;
const BAD_CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|EPROTO|ERR_SSL/;

/** What went wrong between us and a bucket, in words. */
export function toBucketAccessError(error: unknown, place: BucketLocation): BucketAccessError {
  if (error instanceof BucketAccessError) return error;
  const words = wordsOf(error, place);
  if (words !== null) return new BucketAccessError(words, { cause: error });
  return new BucketUnreachableError(place, failureDetailOf(error, place), { cause: error });
}

/** What there is to say to everybody; `null` where no S3 storage answered. */
function wordsOf(error: unknown, place: BucketLocation): string | null {
  if (error instanceof OutboundRefusedError) return `The endpoint ${error.message}`;
  if (error instanceof DecryptionError) return `The credentials of ${place.uri} cannot be opened: ${error.message}`;
  if (isAnswer(error)) return answerIn(error, place);
  const refused = causesOf(error).find((cause) => cause instanceof OutboundRefusedError);
  return refused ? `The endpoint ${refused.message}` : null;
}

function failureDetailOf(error: unknown, { host, uri }: BucketLocation): string {
  const codes = causesOf(error).flatMap(({ name, code, message }) => [name, code ?? '', message]);
  if (codes.some((code) => BAD_CERTIFICATE.test(code))) {
    return `No safe connection to ${host}: its certificate is not trusted, or it does not speak TLS`;
  }
  if (codes.some((code) => UNREACHABLE.test(code))) return `No storage could be reached at ${host}`;
  return error instanceof Error && isForeignAnswer(error)
    ? `What answers at ${host} is no S3 storage`
    : `The copy to ${uri} failed: ${error instanceof Error ? error.message : String(error)}`;
}

/** Whether the storage answered with this error, by what such errors have, so that the SDK need not be loaded to tell. */
function isAnswer(error: unknown): error is S3ServiceException {
  return error instanceof Error && '$fault' in error && '$metadata' in error;
}

function answerIn(error: S3ServiceException, place: BucketLocation): string | null {
  const status = error.$metadata.httpStatusCode ?? 0;
  const words = WORDS[error.name]?.(place);
  if (words !== undefined) return words;
  const region = regionIn(error);
  if (OTHER_REGION.has(error.name) || (region !== null && status >= 300 && status < 400)) {
    const hint = region === null ? 'give the right region and endpoint' : `its region is ${region}`;
    return `The bucket of ${place.uri} is somewhere else: ${hint}`;
  }
  if (isForeignAnswer(error)) return null;
  if (status >= 500) return `The storage at ${place.host} answered with an error: ${error.name} (${status})`;
  return `The storage at ${place.host} refused: ${error.name}: ${error.message}`;
}

function regionIn({ $response, ...fields }: S3ServiceException): string | null {
  const header = $response?.headers['x-amz-bucket-region'];
  const named: unknown = (fields as { Region?: unknown }).Region ?? header;
  return typeof named === 'string' && /^[a-z\d-]+$/.test(named) ? named : null;
}

/** Whether an answer could not be read, or had no name that S3 gives to errors. */
function isForeignAnswer(error: Error): boolean {
  return (
    error.name === 'SyntaxError' ||
    /^(Unknown|UnknownError|NotFound|\d+)$/.test(error.name) ||
    '$responseBodyText' in error
  );
}

/** The error and what it came of; several tried addresses have one error each. */
function causesOf(error: unknown): (Error & { code?: string })[] {
  if (!(error instanceof Error)) return [];
  const inner = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return [error, ...[error.cause, ...inner].flatMap(causesOf)];
}
