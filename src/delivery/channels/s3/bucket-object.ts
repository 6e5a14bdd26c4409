import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { HeadObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { answered, type S3Encryption } from '../../../platform/storage/s3-client';
import { S3Upload } from '../../../platform/storage/s3-upload';
import { DeliveryRefusedError } from '../../model/domain/interfaces/delivery-channel';
import type { TransferProgress } from '../../model/domain/transfer-progress';
import { toBucketAccessError, type BucketLocation } from './bucket-access-error';

/** A file that is to be copied, as its export's record describes it. */
export interface ExportFile {
  readonly exportId: string;
  readonly contentType: string;
  readonly size: number;
  readonly sha256: string;
  /** Counts the bytes as they are read. */
  readonly progress: TransferProgress;
  /** @throws DeliveryRefusedError when it is gone */
  open(): Promise<Readable>;
}

/** A bucket to which there is a connection. */
export interface ReachedBucket extends BucketLocation {
  readonly client: S3Client;
  readonly bucket: string;
  readonly encryption: S3Encryption;
  readonly cleanUpMs: number;
}

/** What lies under a key: an object and the export that it names, nothing, or what we may not see. */
export type Found =
  | { readonly kind: 'object'; readonly exportId: string | null }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'hidden' };

const EXPORT_ID = 'export-id';

/** One key of somebody's bucket. */
export class BucketObject {
  constructor(
    private readonly bucket: ReachedBucket,
    readonly key: string,
  ) {}

  async look(signal: AbortSignal): Promise<Found> {
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
   * Writes the file, whole or not at all.
   * @returns false when there was an object already, as far as the storage heeds that condition
   */
  async write(file: ExportFile, signal: AbortSignal): Promise<boolean> {
    try {
      await this.upload(file, signal, { IfNoneMatch: '*' });
    } catch (error) {
      if (answered(error, 'PreconditionFailed')) return false;
      // Some storages know no conditions. Then the look before and the claim have to do.
      if (!answered(error, 'NotImplemented')) throw this.wordsFor(error, signal);
      await this.upload(file, signal, {}).catch((again: unknown) => {
        throw this.wordsFor(again, signal);
      });
    }
    return true;
  }

  private async upload(file: ExportFile, signal: AbortSignal, condition: { IfNoneMatch?: string }): Promise<void> {
    const { client, bucket, encryption, cleanUpMs } = this.bucket;
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
      await new S3Upload(client, target, cleanUpMs).send(verified(source, file), signal);
    } finally {
      source.on('error', () => undefined);
      source.destroy();
    }
  }

  private wordsFor(error: unknown, signal: AbortSignal): unknown {
    if (signal.aborted || error instanceof UnreadableFileError || error instanceof DeliveryRefusedError) return error;
    return toBucketAccessError(error, this.bucket);
  }
}

/** Our own file could not be read as its record says that it is. */
class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError';
}

/** The bytes of the file, and an error in place of its end when they are not those that were recorded. */
async function* verified(source: Readable, { size, sha256, progress }: ExportFile): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let read = 0;
  try {
    for await (const chunk of source as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      read += chunk.byteLength;
      yield chunk;
      progress.add(chunk.byteLength);
    }
  } catch (error) {
    throw new UnreadableFileError('The file of the export could not be read', { cause: error });
  }
  if (read !== size || hash.digest('hex') !== sha256) {
    throw new UnreadableFileError('The file of the export is not the one that was recorded');
  }
}
