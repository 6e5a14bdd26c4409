import type { LookupFunction } from 'node:net';
import { type PutObjectCommandInput, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { S3StorageConfig } from '../config/config';
import { StorageUnavailableError } from './file-storage';

export interface S3Settings extends Omit<S3StorageConfig, 'kind'> {
  readonly limits?: Partial<S3RequestLimits>;
  /** Resolves host names; the system's resolver by default. */
  readonly lookup?: LookupFunction;
}

/** Timeouts and retries. */
export interface S3RequestLimits {
  readonly attempts: number;
  readonly connectTimeoutMs: number;
  /** From the start of a request, including its body, to the head of the response. */
  readonly responseTimeoutMs: number;
  /** Without a byte in either direction; also the longest pause of a client that downloads through the service. */
  readonly idleTimeoutMs: number;
  /** For the head of a response that a caller waits for, over all attempts. */
  readonly callerTimeoutMs: number;
  /** For removing the remains of a failed upload, over all attempts. */
  readonly cleanUpTimeoutMs: number;
}

/** The SDK backs off from a random 50 ms on, doubling: six attempts take about 1.5 seconds. */
const DEFAULT_LIMITS: S3RequestLimits = {
  attempts: 6,
  connectTimeoutMs: 5_000,
  responseTimeoutMs: 60_000,
  idleTimeoutMs: 300_000,
  callerTimeoutMs: 15_000,
  cleanUpTimeoutMs: 30_000,
};

/** The timeouts of the settings, completed by the defaults. */
export function requestLimitsOf(settings: S3Settings): S3RequestLimits {
  return { ...DEFAULT_LIMITS, ...settings.limits };
}

/** A client for the bucket's storage at `endpoint`, with exponential backoff and timeouts. */
export function createS3Client(settings: S3Settings, endpoint: string | undefined): S3Client {
  const { region, forcePathStyle, accessKeyId, secretAccessKey, lookup } = settings;
  const {
    attempts,
    connectTimeoutMs: connectTimeoutMs,
    responseTimeoutMs: responseTimeoutMs,
    idleTimeoutMs: idleTimeoutMs,
  } = requestLimitsOf(settings);
  // Waiting for a free socket counts as connecting, and every download through the service keeps one.
  const agent = { maxSockets: 500, ...(lookup && { lookup }) };
  return new S3Client({
    region,
    forcePathStyle,
    ...(endpoint !== undefined && { endpoint }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && { credentials: { accessKeyId, secretAccessKey } }),
    // Other storages than AWS refuse the checksum trailers that the SDK adds by default.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Parts are in memory and cheap to resend; the header would cost a connection for each of them.
    expectContinueHeader: false,
    retryMode: 'standard',
    maxAttempts: attempts,
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      requestTimeout: responseTimeoutMs,
      throwOnRequestTimeout: true,
      socketTimeout: idleTimeoutMs,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
}

/** The parameters of server-side encryption for each object. */
export function encryptionOf({ sse, kmsKeyId }: Pick<S3Settings, 'sse' | 'kmsKeyId'>): S3Encryption {
  return {
    ...(sse !== undefined && { ServerSideEncryption: sse }),
    ...(sse === 'aws:kms' && kmsKeyId !== undefined && { SSEKMSKeyId: kmsKeyId }),
  };
}

export type S3Encryption = Pick<PutObjectCommandInput, 'ServerSideEncryption' | 'SSEKMSKeyId'>;

/** Whether the storage answered with one of these error codes. */
export function hasErrorCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof S3ServiceException && codes.includes(error.name);
}

/** Error codes about one object or upload: the storage itself works. */
const ANSWERS = ['NotFound', 'NoSuchKey', 'InvalidRange', 'NoSuchUpload'];

/** The same client, whose calls throw StorageUnavailableError when the storage is unreachable or refuses service. */
export function reportingFaults(client: S3Client): S3Client {
  const send = (command: Parameters<S3Client['send']>[0], options?: CallOptions): Promise<unknown> =>
    client.send(command, options).catch((error: unknown) => {
      const isOurs = options?.abortSignal?.aborted === true || hasErrorCode(error, ...ANSWERS);
      throw isOurs ? error : new StorageUnavailableError(error);
    });
  return Object.assign(Object.create(client) as S3Client, { send });
}

interface CallOptions {
  readonly abortSignal?: AbortSignal;
}

/**
 * Limits the time for the head of a response, over all attempts. The body that follows may take as long as its reader.
 */
export async function withinTime<Answer>(
  milliseconds: number,
  ask: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const timeout = new AbortController();
  const timer = setTimeout(() => {
    timeout.abort();
  }, milliseconds);
  try {
    return await ask(timeout.signal);
  } catch (error) {
    if (!timeout.signal.aborted) throw error;
    throw new StorageUnavailableError(new Error(`no answer within ${milliseconds} ms`));
  } finally {
    clearTimeout(timer);
  }
}
