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
import { answered } from './s3-client';
import { readUntilAborted, releaseBody } from './storage-body';

// The smallest that S3 takes, for the memory's sake: with its 10,000 parts a file may have 48 GiB.
const PART_BYTES = 5 * 1024 * 1024;
const PARTS_AT_ONCE = 2;
/** How long the answer to a request is awaited whose bytes are all on their way when the upload ends. */
const ANSWER_GRACE_MS = 1_000;

export type UploadTarget = Pick<
  PutObjectCommandInput,
  'Bucket' | 'Key' | 'ContentType' | 'Metadata' | 'ServerSideEncryption' | 'SSEKMSKeyId' | 'IfNoneMatch'
>;

/**
 * One upload: a single request for a small body, else one in parts, at most two of them in memory besides the one that is
 * filling. When anything fails, everything stops at once, and what was uploaded is removed.
 */
export class S3Upload {
  private readonly client: S3Client;
  private readonly target: UploadTarget;
  private readonly cleanUpMs: number;
  private readonly stop = new AbortController();
  private readonly graceOver = new AbortController();
  // Tells the object of this very upload from another one under the same key.
  private readonly mark = randomUUID();
  private bytes = 0;
  private bodyRead = false;

  constructor(client: S3Client, target: UploadTarget, cleanUpMs: number) {
    this.client = client;
    this.target = target;
    this.cleanUpMs = cleanUpMs;
    this.stop.signal.addEventListener('abort', () => {
      setTimeout(() => {
        this.graceOver.abort(this.stop.signal.reason);
      }, ANSWER_GRACE_MS).unref();
    });
  }

  /**
   * @returns the size in bytes
   * @throws the first thing that went wrong: what the body threw, the signal's reason or the storage's error
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
      // It would abort through the same stopped client, and not look whether that helped.
      leavePartsOnError: true,
      params: {
        ...this.target,
        Metadata: { ...this.target.Metadata, upload: this.mark },
        Body: Readable.from(this.read(body)),
      },
    });
    try {
      await upload.done();
      this.stop.signal.throwIfAborted();
    } catch (error) {
      this.stop.abort(error);
      if (await this.arrivedAfterAll(upload.uploadId, signal)) return;
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

  /** The upload's own abort() waits for the parts under way, whose requests it cannot cancel; these can be. */
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
    // Cancelled, it might leave an upload whose id we never learn.
    if (command instanceof CreateMultipartUploadCommand) return undefined;
    // Cancelled, it may be carried out after we looked whether it was.
    return command instanceof PutObjectCommand ? this.graceOver.signal : this.stop.signal;
  }

  /**
   * Leaves nothing of a failed upload, unless only the storage's last answer was lost: then the file is there, whole.
   * Where the storage cannot be reached any more, the first error is what matters; a later `discard` finds the rest.
   */
  private async arrivedAfterAll(uploadId: string | undefined, signal: AbortSignal | undefined): Promise<boolean> {
    const abortSignal = AbortSignal.timeout(this.cleanUpMs);
    try {
      if (uploadId !== undefined) await this.abort(uploadId, abortSignal);
      if (!this.bodyRead || !(await this.isStored(abortSignal))) return false;
      if (signal?.aborted !== true) return true;
      await this.client.send(new DeleteObjectCommand(this.place), { abortSignal });
    } catch {
      // Told above.
    }
    return false;
  }

  private async abort(UploadId: string, abortSignal: AbortSignal): Promise<void> {
    for (let wait = 50; ; wait *= 2) {
      try {
        await this.client.send(new AbortMultipartUploadCommand({ ...this.place, UploadId }), { abortSignal });
        // A part that was under way may still arrive after the abort and stay.
        await this.client.send(new ListPartsCommand({ ...this.place, UploadId, MaxParts: 1 }), { abortSignal });
      } catch (error) {
        if (answered(error, 'NoSuchUpload')) return;
        throw error;
      }
      await pause(wait, undefined, { signal: abortSignal });
    }
  }

  private async isStored(abortSignal: AbortSignal): Promise<boolean> {
    try {
      const head = await this.client.send(new HeadObjectCommand(this.place), { abortSignal });
      return head.Metadata?.['upload'] === this.mark;
    } catch (error) {
      if (answered(error, 'NotFound')) return false;
      throw error;
    }
  }

  private get place(): { Bucket: string | undefined; Key: string | undefined } {
    return { Bucket: this.target.Bucket, Key: this.target.Key };
  }
}
