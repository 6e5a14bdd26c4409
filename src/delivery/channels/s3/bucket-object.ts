import { HeadObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { hasErrorCode, type S3Encryption } from '../../../platform/storage/s3-client';
import { S3Upload } from '../../../platform/storage/s3-upload';
import { DeliveryRefusedError } from '../../model/domain/interfaces/delivery-channel';
import { type ExportFile, UnreadableFileError, verifiedBytes } from '../../infrastructure/export-file';
import { toBucketAccessError, type BucketLocation } from './bucket-access-error';

/** A bucket with a connection. */
export interface ReachedBucket extends BucketLocation {
  readonly client: S3Client;
  readonly bucket: string;
  readonly encryption: S3Encryption;
  readonly cleanUpTimeoutMs: number;
}

/** What is under a key: an object and the export in its metadata, nothing, or something that may not be read. */
export type Found =
  | { readonly kind: 'object'; readonly exportId: string | null }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'hidden' };

const EXPORT_ID = 'export-id';

/** One key of a user's bucket. */
export class BucketObject {
  constructor(
    private readonly bucket: ReachedBucket,
    readonly key: string,
  ) {}

  async head(signal: AbortSignal): Promise<Found> {
    const at = { Bucket: this.bucket.bucket, Key: this.key };
    try {
      const head = await this.bucket.client.send(new HeadObjectCommand(at), { abortSignal: signal });
      return { kind: 'object', exportId: head.Metadata?.[EXPORT_ID] ?? null };
    } catch (error) {
      signal.throwIfAborted();
      const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
      if (status === 404) return { kind: 'nothing' };
      if (status === 403) return { kind: 'hidden' };
      throw toBucketAccessError(error, this.bucket);
    }
  }

  /**
   * Writes the complete file or nothing.
   * @returns false if there was an object already and the storage supports that condition
   */
  async write(file: ExportFile, signal: AbortSignal): Promise<boolean> {
    try {
      await this.upload(file, signal, { IfNoneMatch: '*' });
    } catch (error) {
      if (hasErrorCode(error, 'PreconditionFailed')) return false;
      // Some storages support no conditions. The check before and the claim have to suffice.
      if (!hasErrorCode(error, 'NotImplemented')) throw this.explain(error, signal);
      await this.upload(file, signal, {}).catch((again: unknown) => {
        throw this.explain(again, signal);
      });
    }
    return true;
  }

  private async upload(file: ExportFile, signal: AbortSignal, condition: { IfNoneMatch?: string }): Promise<void> {
    const { client, bucket, encryption, cleanUpTimeoutMs: cleanUpTimeoutMs } = this.bucket;
    const target = {
      Bucket: bucket,
      Key: this.key,
      ContentType: file.contentType,
      Metadata: { [EXPORT_ID]: file.exportId, sha256: file.sha256 },
      ...encryption,
      ...condition,
    };
    const source = await file.open();
    try {
      await new S3Upload(client, target, cleanUpTimeoutMs).send(verifiedBytes(source, file), signal);
    } finally {
      source.on('error', () => undefined);
      source.destroy();
    }
  }

  private explain(error: unknown, signal: AbortSignal): unknown {
    if (signal.aborted || error instanceof UnreadableFileError || error instanceof DeliveryRefusedError) return error;
    return toBucketAccessError(error, this.bucket);
  }
}
