import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  type S3Client,
  DeleteObjectsCommand,
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { attachmentDisposition } from '../http/content-disposition';
import {
  type ByteRange,
  FileNotFoundError,
  FileStorage,
  type LinkOptions,
  type PutOptions,
  StorageUnavailableError,
  type StoredFile,
  type UnfinishedUpload,
} from './file-storage';
import { keyOfS3Address } from './s3-address';
import {
  hasErrorCode,
  createS3Client,
  encryptionOf,
  requestLimitsOf,
  type S3Settings,
  reportingFaults,
  withinTime,
} from './s3-client';
import { getPresigned } from './s3-presigned';
import { S3Upload } from './s3-upload';
import { assertDiscardablePrefix, assertStorageKey, assertStoragePrefix } from './storage-key';

/** A health check that takes longer is aborted. */
const CHECK_MS = 10_000;

/**
 * Stores files in a bucket of AWS S3 or of a compatible storage, with server-side encryption if it is configured. The bucket's
 * policy must allow to read, write, delete and list objects and multipart uploads.
 */
export class S3Storage extends FileStorage {
  private readonly settings: S3Settings;
  private readonly client: S3Client;
  private readonly uploads: S3Uploads;
  /** The signature of a link covers its host, so links are signed for the host that browsers use. */
  private readonly publicClient: S3Client | null;

  constructor(settings: S3Settings) {
    super();
    const { publicEndpoint } = settings;
    this.settings = settings;
    this.client = reportingFaults(createS3Client(settings, settings.endpoint));
    this.uploads = new S3Uploads(this.client, settings.bucket);
    this.publicClient = publicEndpoint === undefined ? null : createS3Client(settings, publicEndpoint);
  }

  onApplicationShutdown(): void {
    this.client.destroy();
    this.publicClient?.destroy();
  }

  async put(key: string, body: AsyncIterable<Uint8Array>, { contentType, signal }: PutOptions): Promise<number> {
    assertStorageKey(key);
    const target = { ...this.at(key), ContentType: contentType, ...encryptionOf(this.settings) };
    return new S3Upload(this.client, target, requestLimitsOf(this.settings).cleanUpTimeoutMs).send(body, signal);
  }

  async stat(key: string): Promise<StoredFile> {
    assertStorageKey(key);
    try {
      const head = await this.withinTime((abortSignal) =>
        this.client.send(new HeadObjectCommand(this.at(key)), { abortSignal }),
      );
      return storedFile(key, head.ContentLength, head.LastModified);
    } catch (error) {
      throw hasErrorCode(error, 'NotFound') ? new FileNotFoundError(key) : error;
    }
  }

  async open(key: string, range?: ByteRange): Promise<Readable> {
    assertStorageKey(key);
    const Range = range && `bytes=${range.start}-${range.end}`;
    // S3 ignores an invalid range and sends the whole file.
    if (range && (range.start < 0 || range.end < range.start)) throw new RangeError(`${key} has no ${String(Range)}`);
    try {
      const { Body } = await this.withinTime((abortSignal) =>
        this.client.send(new GetObjectCommand({ ...this.at(key), Range }), { abortSignal }),
      );
      if (!(Body instanceof Readable)) throw new Error(`The storage sent no body for ${key}`);
      return Body;
    } catch (error) {
      if (hasErrorCode(error, 'NoSuchKey')) throw new FileNotFoundError(key);
      throw hasErrorCode(error, 'InvalidRange') ? new RangeError(`${key} has no ${String(Range)}`) : error;
    }
  }

  async delete(key: string): Promise<void> {
    assertStorageKey(key);
    await this.withinTime((abortSignal) => this.client.send(new DeleteObjectCommand(this.at(key)), { abortSignal }));
  }

  async deleteAll(keys: readonly string[]): Promise<ReadonlyMap<string, Error>> {
    keys.forEach(assertStorageKey);
    return deleteObjects(this.client, this.settings.bucket, keys);
  }

  async discard(prefix: string): Promise<number> {
    assertDiscardablePrefix(prefix);
    // Uploads first: an upload that is completed meanwhile is then found among the files.
    return (await this.discardUploads(prefix)) + (await this.discardFiles(prefix));
  }

  private async discardUploads(prefix: string): Promise<number> {
    let removed = 0;
    for await (const upload of this.uploads.list(prefix)) {
      if (await this.uploads.abort(upload)) removed++;
    }
    return removed;
  }

  private async discardFiles(prefix: string): Promise<number> {
    const { bucket } = this.settings;
    let removed = 0;
    for await (const page of paginateListObjectsV2({ client: this.client }, { Bucket: bucket, Prefix: prefix })) {
      const keys = (page.Contents ?? []).flatMap(({ Key }) => Key ?? []);
      const [refused] = (await deleteObjects(this.client, bucket, keys)).values();
      if (refused) throw refused;
      removed += keys.length;
    }
    return removed;
  }

  listUploads(prefix: string): AsyncIterable<UnfinishedUpload> {
    assertStoragePrefix(prefix);
    return this.uploads.list(prefix);
  }

  async discardUpload(upload: UnfinishedUpload): Promise<boolean> {
    assertStorageKey(upload.key);
    return this.uploads.abort(upload);
  }

  async *list(prefix: string): AsyncIterable<StoredFile> {
    assertStoragePrefix(prefix);
    const query = { Bucket: this.settings.bucket, Prefix: prefix };
    for await (const page of paginateListObjectsV2({ client: this.client }, query)) {
      for (const { Key, Size, LastModified } of page.Contents ?? []) {
        if (Key !== undefined) yield storedFile(Key, Size, LastModified);
      }
    }
  }

  /** S3 allows seven days at most, and links end with temporary credentials. */
  async link(key: string, { fileName, contentType, expiresInSeconds }: LinkOptions): Promise<string | null> {
    assertStorageKey(key);
    if (this.publicClient === null) return null;
    const download = new GetObjectCommand({
      ...this.at(key),
      ResponseContentDisposition: attachmentDisposition(fileName),
      ResponseContentType: contentType,
    });
    return getSignedUrl(this.publicClient, download, { expiresIn: expiresInSeconds }).catch((error: unknown) => {
      throw new StorageUnavailableError(error);
    });
  }

  keyOf(url: string): string | null {
    return keyOfS3Address(url, this.settings);
  }

  async openPresigned(url: string, signal: AbortSignal): Promise<Readable> {
    const key = this.keyOf(url);
    if (key === null) throw new TypeError('Not an address of this bucket');
    return getPresigned(new URL(url), key, this.settings, signal);
  }

  /** Checks that the bucket exists, is reachable and readable. Writing is not tested. */
  async check(): Promise<void> {
    await withinTime(CHECK_MS, (abortSignal) =>
      this.client.send(new HeadBucketCommand({ Bucket: this.settings.bucket }), { abortSignal }),
    );
  }

  private withinTime<Answer>(send: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    return withinTime(requestLimitsOf(this.settings).callerTimeoutMs, send);
  }

  private at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.settings.bucket, Key: key };
  }
}

function storedFile(key: string, size: number | undefined, modifiedAt: Date | undefined): StoredFile {
  if (size === undefined || modifiedAt === undefined) throw new Error(`The storage did not report the size of ${key}`);
  return { key, size, modifiedAt };
}

/** The limit of S3 for one request. */
const MAX_BATCH_SIZE = 1_000;

/**
 * Deletes many objects in few requests. A refused object does not affect the others.
 * @returns the errors of the objects that could not be deleted, by key
 */
async function deleteObjects(client: S3Client, bucket: string, keys: readonly string[]): Promise<Map<string, Error>> {
  const refused = new Map<string, Error>();
  for (let first = 0; first < keys.length; first += MAX_BATCH_SIZE) {
    const some = keys.slice(first, first + MAX_BATCH_SIZE);
    try {
      const Delete = { Objects: some.map((Key) => ({ Key })), Quiet: true };
      const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete }));
      for (const { Key = some[0] ?? '', Code = 'unknown' } of Errors) refused.set(Key, notDeleted(Key, Code));
    } catch (error) {
      for (const key of some) refused.set(key, error instanceof Error ? error : notDeleted(key, String(error)));
    }
  }
  return refused;
}

function notDeleted(key: string, why: string): Error {
  return new Error(`The storage does not delete ${key}: ${why}`);
}

/** The unfinished multipart uploads of one bucket. */
class S3Uploads {
  constructor(
    private readonly client: S3Client,
    private readonly bucket: string,
  ) {}

  /** The uploads to keys that start with `prefix`. S3 reports when each started, not when its last part arrived. */
  async *list(prefix: string): AsyncGenerator<UnfinishedUpload> {
    const query = { Bucket: this.bucket, Prefix: prefix };
    let next: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
    while (next) {
      const page: ListMultipartUploadsCommandOutput = await this.client.send(
        new ListMultipartUploadsCommand({ ...query, ...next }),
      );
      for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
        // Some storages match the prefix against their own, longer names of uploads.
        if (UploadId === undefined || Key?.startsWith(prefix) !== true) continue;
        yield { key: Key, id: UploadId, lastSeenAt: Initiated ?? new Date() };
      }
      const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
      next = page.IsTruncated === true ? { KeyMarker, UploadIdMarker } : undefined;
    }
  }

  /** @returns whether the upload existed */
  async abort({ key: Key, id: UploadId }: UnfinishedUpload): Promise<boolean> {
    try {
      await this.client.send(new AbortMultipartUploadCommand({ Bucket: this.bucket, Key, UploadId }));
      return true;
    } catch (error) {
      if (hasErrorCode(error, 'NoSuchUpload')) return false;
      throw error;
    }
  }
}
