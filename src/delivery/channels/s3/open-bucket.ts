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
  patienceOf,
  type S3Encryption,
  type S3Settings,
} from '../../../platform/storage/s3-client';
import { formatBucketUri, type BucketUri } from './bucket-uri';
import { BucketObject, type ReachedBucket } from './bucket-object';
import { BucketUnreachableError } from './bucket-access-error';

/** For each of the requests that try a bucket out, its repetition included. */
const STEP_MS = 5_000;

/** A bucket that can be written to, until it is closed. */
export class OpenBucket implements ReachedBucket {
  readonly client: S3Client;
  readonly bucket: string;
  readonly prefix: string;
  readonly uri: string;
  readonly host: string;
  readonly encryption: S3Encryption;
  readonly cleanUpMs: number;

  /** @param endpoint what tells its storage from others */
  constructor(
    where: BucketUri,
    readonly endpoint: string,
    settings: S3Settings,
  ) {
    this.client = createS3Client(settings, settings.endpoint);
    this.bucket = where.bucket;
    this.prefix = where.prefix;
    this.uri = formatBucketUri(where);
    this.host = new URL(endpoint).host;
    this.encryption = encryptionOf(settings);
    this.cleanUpMs = patienceOf(settings).cleanUpMs;
  }

  object(key: string): BucketObject {
    return new BucketObject(this, key);
  }

  /** @throws BucketAccessError, or whatever the storage answers, when no file could be delivered there */
  async probe(): Promise<void> {
    await this.probeWrite();
    await this.probeRead();
  }

  close(): void {
    this.client.destroy();
  }

  /** Begins an upload such as a delivery makes, and takes it back: nothing is left behind, and nobody sees an object. */
  private async probeWrite(): Promise<void> {
    const at = this.probeObject();
    const { UploadId } = await this.client.send(
      new CreateMultipartUploadCommand({ ...at, ...this.encryption }),
      soon(),
    );
    if (UploadId === undefined) throw new BucketUnreachableError(this, `What answers at ${this.host} is no S3 storage`);
    await this.client.send(new AbortMultipartUploadCommand({ ...at, UploadId }), soon());
  }

  /** Looks for what cannot be there. */
  private async probeRead(): Promise<void> {
    try {
      await this.client.send(new HeadObjectCommand(this.probeObject()), soon());
    } catch (error) {
      // Who may write need not be allowed to look: then a condition that the storage heeds takes its place.
      const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
      if (status !== 404 && status !== 403) throw error;
    }
  }

  private probeObject(): { Bucket: string; Key: string } {
    return { Bucket: this.bucket, Key: `${this.prefix}export-service-probe-${randomUUID()}` };
  }
}

function soon(): { abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(STEP_MS) };
}
