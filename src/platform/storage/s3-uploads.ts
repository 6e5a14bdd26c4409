import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { UnfinishedUpload } from './file-storage';
import { hasErrorCode } from './s3-client';

/** The unfinished multipart uploads of one bucket. */
export class S3Uploads {
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
