import type { S3ServiceException } from '@aws-sdk/client-s3';
import { explainAddress } from '../../infrastructure/outbound/connection-test';
import { OutboundRefusedError } from '../../infrastructure/outbound/outbound-addresses';
import { DecryptionError } from '../../infrastructure/secret-cipher';
import { TestStepError } from '../../model/domain/destination-test';
import type { DestinationTestCode } from '../../model/domain/destination-test-codes';

/** Why a bucket cannot be used. The message is for the user who named it. */
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

/** The bucket that an error is about. */
export interface BucketLocation {
  /** `s3://bucket/prefix/` */
  readonly uri: string;
  /** The host of its endpoint. */
  readonly host: string;
}

const MESSAGES: Readonly<Record<string, (bucket: BucketLocation) => string>> = {
  NoSuchBucket: ({ uri, host }) => `There is no bucket for ${uri} at ${host}`,
  InvalidBucketName: ({ uri, host }) => `The storage at ${host} has no bucket with the name in ${uri}`,
  InvalidAccessKeyId: ({ host }) => `The access key id does not exist at ${host}`,
  SignatureDoesNotMatch: () => 'The secret access key does not belong to the access key id',
  AccessDenied: ({ uri }) => `The credentials have no right to write to ${uri}`,
  AllAccessDisabled: ({ uri }) => `All access to ${uri} is disabled`,
  QuotaExceeded: ({ uri }) => `There is no space left at ${uri}`,
  XMinioStorageFull: ({ uri }) => `There is no space left at ${uri}`,
  RequestTimeTooSkewed: ({ host }) => `The clocks of this service and of the storage at ${host} differ too much`,
};

const LOGIN_ERRORS: ReadonlySet<string> = new Set([
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'RequestTimeTooSkewed',
]);

/** The code of a test, by the error of the storage. */
const TEST_CODES: Readonly<Record<string, DestinationTestCode>> = {
  NoSuchBucket: 'destination-missing',
  InvalidBucketName: 'destination-missing',
  InvalidAccessKeyId: 'credentials-refused',
  SignatureDoesNotMatch: 'credentials-refused',
  AccessDenied: 'not-permitted',
  AllAccessDisabled: 'not-permitted',
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

/** Explains an error of a bucket to users. */
export function toBucketAccessError(error: unknown, bucket: BucketLocation): BucketAccessError {
  if (error instanceof BucketAccessError) return error;
  const message = messageOf(error, bucket);
  if (message !== null) return new BucketAccessError(message, { cause: error });
  return new BucketUnreachableError(bucket, failureDetailOf(error, bucket), { cause: error });
}

/** Whether the storage knows the caller, and refuses the upload. */
export function isWriteRefused(error: unknown): boolean {
  return isS3Error(error) && !isUnknownResponse(error) && !LOGIN_ERRORS.has(error.name);
}

/** Explains why a step of a test failed to callers who may see what there is. */
export function toBucketTestError(error: unknown, bucket: BucketLocation): TestStepError {
  const address =
    explainAddress(error) ??
    causesOf(error)
      .map(explainAddress)
      .find((known) => known !== null);
  if (address) return address;
  const known = toBucketAccessError(error, bucket);
  const message = known instanceof BucketUnreachableError ? known.detail : known.message;
  return new TestStepError(testCodeOf(known), message, { cause: error });
}

function testCodeOf(error: BucketAccessError): DestinationTestCode {
  const causes = causesOf(error.cause);
  const texts = causes.flatMap(({ name, code, message }) => [name, code ?? '', message]);
  if (!(error instanceof BucketUnreachableError)) return TEST_CODES[causes[0]?.name ?? ''] ?? 'storage-refused';
  if (texts.some((text) => BAD_CERTIFICATE.test(text))) return 'tls-failed';
  if (texts.some((text) => text === 'TimeoutError')) return 'timed-out';
  return texts.some((text) => UNREACHABLE.test(text)) ? 'connection-failed' : 'wrong-protocol';
}

/** The message for all users; `null` when no S3 storage responded. */
function messageOf(error: unknown, bucket: BucketLocation): string | null {
  if (error instanceof OutboundRefusedError) return `The endpoint ${error.message}`;
  if (error instanceof DecryptionError) return `The credentials of ${bucket.uri} cannot be decrypted: ${error.message}`;
  if (isS3Error(error)) return s3MessageOf(error, bucket);
  const refused = causesOf(error).find((cause) => cause instanceof OutboundRefusedError);
  return refused ? `The endpoint ${refused.message}` : null;
}

function failureDetailOf(error: unknown, { host, uri }: BucketLocation): string {
  const codes = causesOf(error).flatMap(({ name, code, message }) => [name, code ?? '', message]);
  if (codes.some((code) => BAD_CERTIFICATE.test(code))) {
    return `No secure connection to ${host}: its certificate is not trusted, or it does not support TLS`;
  }
  if (codes.some((code) => UNREACHABLE.test(code))) return `No storage could be reached at ${host}`;
  return error instanceof Error && isUnknownResponse(error)
    ? `The server at ${host} is no S3 storage`
    : `The copy to ${uri} failed: ${error instanceof Error ? error.message : String(error)}`;
}

/** Whether the storage responded with this error. Checks its properties, so that the SDK need not be loaded. */
function isS3Error(error: unknown): error is S3ServiceException {
  return error instanceof Error && '$fault' in error && '$metadata' in error;
}

function s3MessageOf(error: S3ServiceException, bucket: BucketLocation): string | null {
  const status = error.$metadata.httpStatusCode ?? 0;
  const message = MESSAGES[error.name]?.(bucket);
  if (message !== undefined) return message;
  const region = regionIn(error);
  if (OTHER_REGION.has(error.name) || (region !== null && status >= 300 && status < 400)) {
    const hint = region === null ? 'give its region and endpoint' : `its region is ${region}`;
    return `The bucket of ${bucket.uri} is in another region: ${hint}`;
  }
  if (isUnknownResponse(error)) return null;
  if (status >= 500) return `The storage at ${bucket.host} responded with an error: ${error.name} (${status})`;
  return `The storage at ${bucket.host} refused: ${error.name}: ${error.message}`;
}

function regionIn({ $response, ...fields }: S3ServiceException): string | null {
  const header = $response?.headers['x-amz-bucket-region'];
  const named: unknown = (fields as { Region?: unknown }).Region ?? header;
  return typeof named === 'string' && /^[a-z\d-]+$/.test(named) ? named : null;
}

/** Whether a response could not be parsed, or is no S3 error. */
function isUnknownResponse(error: Error): boolean {
  return (
    error.name === 'SyntaxError' ||
    /^(Unknown|UnknownError|NotFound|\d+)$/.test(error.name) ||
    '$responseBodyText' in error
  );
}

/** The error and its causes. A connection that tried several addresses has one error for each. */
function causesOf(error: unknown): (Error & { code?: string })[] {
  if (!(error instanceof Error)) return [];
  const inner = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return [error, ...[error.cause, ...inner].flatMap(causesOf)];
}
