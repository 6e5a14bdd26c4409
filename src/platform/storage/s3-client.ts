import type { LookupFunction } from 'node:net';
import { type PutObjectCommandInput, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { S3StorageConfig } from '../config/config';

export interface S3Settings extends Omit<S3StorageConfig, 'kind'> {
  readonly patience?: Partial<S3Patience>;
  /** Resolves host names; the system's resolver by default. */
  readonly lookup?: LookupFunction;
}

/** Timeouts and retries. */
export interface S3Patience {
  readonly attempts: number;
  readonly connectMs: number;
  /** From the start of a request, including its body, to the head of the response. */
  readonly answerMs: number;
  /** Without a byte in either direction; also the longest pause of a client that downloads through the service. */
  readonly silenceMs: number;
  /** For the head of a response that a caller waits for, over all attempts. */
  readonly callerMs: number;
  /** For removing the remains of a failed upload, over all attempts. */
  readonly cleanUpMs: number;
}

/** The SDK backs off from a random 50 ms on, doubling: six attempts take about 1.5 seconds. */
const PATIENCE: S3Patience = {
  attempts: 6,
  connectMs: 5_000,
  answerMs: 60_000,
  silenceMs: 300_000,
  callerMs: 15_000,
  cleanUpMs: 30_000,
};

/** The timeouts of the settings, completed by the defaults. */
export function patienceOf(settings: S3Settings): S3Patience {
  return { ...PATIENCE, ...settings.patience };
}

/** A client for the bucket's storage at `endpoint`, with exponential backoff and timeouts. */
export function createS3Client(settings: S3Settings, endpoint: string | undefined): S3Client {
  const { region, forcePathStyle, accessKeyId, secretAccessKey, lookup } = settings;
  const { attempts, connectMs, answerMs, silenceMs } = patienceOf(settings);
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
      connectionTimeout: connectMs,
      requestTimeout: answerMs,
      throwOnRequestTimeout: true,
      socketTimeout: silenceMs,
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
export function answered(error: unknown, ...codes: string[]): boolean {
  return error instanceof S3ServiceException && codes.includes(error.name);
}
