import { randomUUID } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import {
  createS3Client,
  encryptionOf,
  requestLimitsOf,
  type S3Encryption,
  type S3Settings,
} from '../../../platform/storage/s3-client';
import { formatBucketUri, type BucketUri } from './bucket-uri';
import { BucketObject, type ReachedBucket } from './bucket-object';
import { BucketUnreachableError } from './bucket-access-error';

/** For each request of a probe, including its retries. */
const STEP_TIMEOUT_MS = 5_000;

/** An open connection to a bucket. */
export class OpenBucket implements ReachedBucket {
  readonly client: S3Client;
  readonly bucket: string;
  readonly prefix: string;
  readonly uri: string;
  readonly host: string;
  readonly encryption: S3Encryption;
  readonly cleanUpTimeoutMs: number;

  /** @param endpoint identifies the storage */
  constructor(
    location: BucketUri,
    readonly endpoint: string,
    settings: S3Settings,
  ) {
    this.client = createS3Client(settings, settings.endpoint);
    this.bucket = location.bucket;
    this.prefix = location.prefix;
    this.uri = formatBucketUri(location);
    this.host = new URL(endpoint).host;
    this.encryption = encryptionOf(settings);
    this.cleanUpTimeoutMs = requestLimitsOf(settings).cleanUpTimeoutMs;
  }

  object(key: string): BucketObject {
    return new BucketObject(this, key);
  }

  /** @throws BucketAccessError | the storage's error, if no file could be delivered */
  async probe(): Promise<void> {
    await this.probeWrite();
    await this.probeRead();
  }

  close(): void {
    this.client.destroy();
  }

  /** Starts an upload like that of a delivery and aborts it, so that no object becomes visible. */
  private async probeWrite(): Promise<void> {
    const at = this.probeObject();
    const { UploadId } = await this.client.send(
      new CreateMultipartUploadCommand({ ...at, ...this.encryption }),
      withTimeout(),
    );
    if (UploadId === undefined) throw new BucketUnreachableError(this, `The server at ${this.host} is no S3 storage`);
    await this.client.send(new AbortMultipartUploadCommand({ ...at, UploadId }), withTimeout());
  }

  /** Reads a key that cannot exist. */
  private async probeRead(): Promise<void> {
    try {
      await this.client.send(new HeadObjectCommand(this.probeObject()), withTimeout());
    } catch (error) {
      // Credentials may permit writing only. Conditional writes then replace the check.
      const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
      if (status !== 404 && status !== 403) throw error;
    }
  }

  private probeObject(): { Bucket: string; Key: string } {
    return { Bucket: this.bucket, Key: `${this.prefix}export-service-probe-${randomUUID()}` };
  }
}

function withTimeout(): { abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(STEP_TIMEOUT_MS) };
}
