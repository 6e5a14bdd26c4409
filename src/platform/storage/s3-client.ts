import type { LookupFunction } from 'node:net';
import { type PutObjectCommandInput, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { S3StorageConfig } from '../config/config';

export interface S3Settings extends Omit<S3StorageConfig, 'kind'> {
  readonly patience?: Partial<S3Patience>;
  /** How names are looked up for connections; as the system does where it is not given. */
  readonly lookup?: LookupFunction;
}

/** How long a storage in trouble is waited for. */
export interface S3Patience {
  readonly attempts: number;
  readonly connectMs: number;
  /** From the start of a request, its body included, to the head of the answer. */
  readonly answerMs: number;
  /** Without a byte in either direction; also the longest pause of somebody who reads a file through us. */
  readonly silenceMs: number;
  /** For the head of an answer that a caller waits for, all attempts together. */
  readonly callerMs: number;
  /** For removing what a failed upload left, all attempts together. */
  readonly cleanUpMs: number;
}

/** The SDK waits 50 ms at random, then twice that and so on: six attempts bridge about a second and a half. */
const PATIENCE: S3Patience = {
  attempts: 6,
  connectMs: 5_000,
  answerMs: 60_000,
  silenceMs: 300_000,
  callerMs: 15_000,
  cleanUpMs: 30_000,
};

/** The settings' patience, completed by what serves most storages. */
export function patienceOf(settings: S3Settings): S3Patience {
  return { ...PATIENCE, ...settings.patience };
}

/** A client for the bucket's storage at `endpoint`, which retries with growing pauses and never waits forever. */
export function createS3Client(settings: S3Settings, endpoint: string | undefined): S3Client {
  const { region, forcePathStyle, accessKeyId, secretAccessKey, lookup } = settings;
  const { attempts, connectMs, answerMs, silenceMs } = patienceOf(settings);
  // Waiting for a free socket counts as connecting, and every download through us keeps one.
  const agent = { maxSockets: 500, ...(lookup && { lookup }) };
  return new S3Client({
    region,
    forcePathStyle,
    ...(endpoint !== undefined && { endpoint }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && { credentials: { accessKeyId, secretAccessKey } }),
    // Storages other than AWS refuse the checksum trailers that the SDK adds by default.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // The parts are in memory and cheap to send again; the header costs a new connection for each of them.
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

/** What asks for server-side encryption, with each object. */
export function encryptionOf({ sse, kmsKeyId }: Pick<S3Settings, 'sse' | 'kmsKeyId'>): S3Encryption {
  return {
    ...(sse !== undefined && { ServerSideEncryption: sse }),
    ...(sse === 'aws:kms' && kmsKeyId !== undefined && { SSEKMSKeyId: kmsKeyId }),
  };
}

export type S3Encryption = Pick<PutObjectCommandInput, 'ServerSideEncryption' | 'SSEKMSKeyId'>;

/** Tells whether the storage answered `error` with one of these codes. */
export function answered(error: unknown, ...codes: string[]): boolean {
  return error instanceof S3ServiceException && codes.includes(error.name);
}
