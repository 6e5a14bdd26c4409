import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { hasErrorCode } from './s3-client';
import { readUntilAborted, releaseBody } from './storage-body';

// The minimum of S3, to save memory. With at most 10,000 parts a file may have 48 GiB.
const PART_BYTES = 5 * 1024 * 1024;
const PARTS_AT_ONCE = 2;
/** How long to wait for the response to a completely sent request when the upload is aborted. */
const RESPONSE_GRACE_MS = 1_000;

export type UploadTarget = Pick<
  PutObjectCommandInput,
  'Bucket' | 'Key' | 'ContentType' | 'Metadata' | 'ServerSideEncryption' | 'SSEKMSKeyId' | 'IfNoneMatch'
>;

/**
 * One upload: a single request for a small body, else a multipart upload with at most two parts in memory besides the one
 * that is being filled. On any failure everything stops at once, and the uploaded parts are removed.
 */
export class S3Upload {
  private readonly client: S3Client;
  private readonly target: UploadTarget;
  private readonly cleanUpTimeoutMs: number;
  private readonly stop = new AbortController();
  private readonly graceOver = new AbortController();
  // Distinguishes the object of this upload from another one under the same key.
  private readonly uploadMark = randomUUID();
  private bytes = 0;
  private bodyRead = false;

  constructor(client: S3Client, target: UploadTarget, cleanUpTimeoutMs: number) {
    this.client = client;
    this.target = target;
    this.cleanUpTimeoutMs = cleanUpTimeoutMs;
    this.stop.signal.addEventListener('abort', () => {
      setTimeout(() => {
        this.graceOver.abort(this.stop.signal.reason);
      }, RESPONSE_GRACE_MS).unref();
    });
  }

  /**
   * @returns the size in bytes
   * @throws the first error: that of the body, the signal's reason or the storage's error
   */
  async send(body: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<number> {
    const abort = () => {
      this.stop.abort(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    try {
      signal?.throwIfAborted();
      await this.upload(body, signal);
      return this.bytes;
    } finally {
      signal?.removeEventListener('abort', abort);
      releaseBody(body);
    }
  }

  private async upload(body: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined): Promise<void> {
    const upload = new Upload({
      client: this.stoppableClient(),
      queueSize: PARTS_AT_ONCE,
      partSize: PART_BYTES,
      // The library would abort with the same stopped client, and not verify the result.
      leavePartsOnError: true,
      params: {
        ...this.target,
        Metadata: { ...this.target.Metadata, upload: this.uploadMark },
        Body: Readable.from(this.read(body)),
      },
    });
    try {
      await upload.done();
      this.stop.signal.throwIfAborted();
    } catch (error) {
      this.stop.abort(error);
      if (await this.completedAnyway(upload.uploadId, signal)) return;
      throw this.stop.signal.reason;
    }
  }

  private async *read(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of readUntilAborted(body, this.stop.signal)) {
        this.bytes += chunk.byteLength;
        yield chunk;
      }
      this.bodyRead = true;
    } catch (error) {
      this.stop.abort(error);
      throw error;
    }
  }

  /** The library's abort() waits for running requests and cannot cancel them; those of this client can be cancelled. */
  private stoppableClient(): S3Client {
    const send = async (command: Parameters<S3Client['send']>[0]): Promise<unknown> => {
      try {
        return await this.client.send(command, { abortSignal: this.stopOf(command) });
      } catch (error) {
        this.stop.abort(error);
        throw error;
      }
    };
    return Object.assign(Object.create(this.client) as S3Client, { send });
  }

  private stopOf(command: Parameters<S3Client['send']>[0]): AbortSignal | undefined {
    // A cancelled request might leave an upload with an unknown id.
    if (command instanceof CreateMultipartUploadCommand) return undefined;
    // A cancelled request may be executed after the check for its object.
    return command instanceof PutObjectCommand ? this.graceOver.signal : this.stop.signal;
  }

  /**
   * Removes a failed upload, unless only the last response of the storage was lost: then the file is complete.
   * If the storage is unreachable, the first error matters; a later `discard` removes the rest.
   */
  private async completedAnyway(uploadId: string | undefined, signal: AbortSignal | undefined): Promise<boolean> {
    const abortSignal = AbortSignal.timeout(this.cleanUpTimeoutMs);
    try {
      if (uploadId !== undefined) await this.abort(uploadId, abortSignal);
      if (!this.bodyRead || !(await this.isStored(abortSignal))) return false;
      if (signal?.aborted !== true) return true;
      await this.client.send(new DeleteObjectCommand(this.object), { abortSignal });
    } catch {
      // The first error is reported.
    }
    return false;
  }

  private async abort(UploadId: string, abortSignal: AbortSignal): Promise<void> {
    for (let wait = 50; ; wait *= 2) {
      try {
        await this.client.send(new AbortMultipartUploadCommand({ ...this.object, UploadId }), { abortSignal });
        // A running part may still arrive after the abort and stay.
        await this.client.send(new ListPartsCommand({ ...this.object, UploadId, MaxParts: 1 }), { abortSignal });
      } catch (error) {
        if (hasErrorCode(error, 'NoSuchUpload')) return;
        throw error;
      }
      await pause(wait, undefined, { signal: abortSignal });
    }
  }

  private async isStored(abortSignal: AbortSignal): Promise<boolean> {
    try {
      const head = await this.client.send(new HeadObjectCommand(this.object), { abortSignal });
      return head.Metadata?.['upload'] === this.uploadMark;
    } catch (error) {
      if (hasErrorCode(error, 'NotFound')) return false;
      throw error;
    }
  }

  private get object(): { Bucket: string | undefined; Key: string | undefined } {
    return { Bucket: this.target.Bucket, Key: this.target.Key };
  }
}
