import { randomUUID } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  type S3Client,
  S3ServiceException,
  UploadPartCommand,
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
import { type StepObserver, UNOBSERVED } from '../../model/domain/destination-test';
import { BucketUnreachableError, isWriteRefused } from './bucket-access-error';

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

  /**
   * Starts an upload like that of a delivery and aborts it, so that no object becomes visible.
   * @throws BucketAccessError | the storage's error, if no file could be delivered
   */
  async probe(steps: StepObserver = UNOBSERVED, signal?: AbortSignal): Promise<void> {
    const at = { Bucket: this.bucket, Key: `${this.prefix}.export-service-test-${randomUUID()}` };
    let refusal: unknown;
    const upload = await steps.run('authenticate', () =>
      this.startUpload(at, signal).catch((error: unknown) => {
        // One request shows both: what is not about the login is about the right to write.
        if (!isWriteRefused(error)) throw error;
        refusal = error;
        return null;
      }),
    );
    let isLeft = upload !== null;
    try {
      await steps.run('write', async () => {
        if (!upload) throw refusal;
        if (steps.isTest) await this.uploadPart(upload, signal);
      });
      await steps.run('read', () => this.probeRead(at, steps, signal));
      if (upload) await steps.run('delete', () => this.abortUpload(upload, signal));
      isLeft = false;
    } finally {
      if (isLeft && upload) await this.abortUpload(upload).catch(() => undefined);
    }
  }

  close(): void {
    this.client.destroy();
  }

  private async startUpload(at: ObjectLocation, signal?: AbortSignal): Promise<Upload> {
    const command = new CreateMultipartUploadCommand({ ...at, ...this.encryption });
    const { UploadId } = await this.client.send(command, within(signal));
    if (UploadId === undefined) throw new BucketUnreachableError(this, `The server at ${this.host} is no S3 storage`);
    return { ...at, UploadId };
  }

  private async uploadPart(upload: Upload, signal?: AbortSignal): Promise<void> {
    await this.client.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'test' }), within(signal));
  }

  private async abortUpload(upload: Upload, signal?: AbortSignal): Promise<void> {
    await this.client.send(new AbortMultipartUploadCommand(upload), within(signal));
  }

  /** Reads a key that cannot exist. */
  private async probeRead(at: ObjectLocation, steps: StepObserver, signal?: AbortSignal): Promise<void> {
    try {
      await this.client.send(new HeadObjectCommand(at), within(signal));
    } catch (error) {
      // Credentials may permit writing only. Conditional writes then replace the check.
      const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
      if (status === 403) steps.skip('read', 'not-permitted');
      else if (status !== 404) throw error;
    }
  }
}

interface ObjectLocation {
  readonly Bucket: string;
  readonly Key: string;
}

interface Upload extends ObjectLocation {
  readonly UploadId: string;
}

function within(signal?: AbortSignal): { abortSignal: AbortSignal } {
  const timeout = AbortSignal.timeout(STEP_TIMEOUT_MS);
  return { abortSignal: signal ? AbortSignal.any([signal, timeout]) : timeout };
}
