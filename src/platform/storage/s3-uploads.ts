import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { UnfinishedUpload } from './file-storage';
import { answered } from './s3-client';

/** The uploads in parts to one bucket that have not come to their end. */
export class S3Uploads {
  constructor(
    private readonly client: S3Client,
    private readonly bucket: string,
  ) {}

  /** Those to keys that start with `prefix`. S3 tells when each began, not when its last part came. */
  async *list(prefix: string): AsyncGenerator<UnfinishedUpload> {
    const query = { Bucket: this.bucket, Prefix: prefix };
    let next: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
    while (next) {
      const page: ListMultipartUploadsCommandOutput = await this.client.send(
        new ListMultipartUploadsCommand({ ...query, ...next }),
      );
      for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
        // Some storages take the prefix for one of their own longer names of an upload.
        if (UploadId === undefined || Key?.startsWith(prefix) !== true) continue;
        yield { key: Key, id: UploadId, lastSeenAt: Initiated ?? new Date() };
      }
      const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
      next = page.IsTruncated === true ? { KeyMarker, UploadIdMarker } : undefined;
    }
  }

  /** @returns whether there was such an upload */
  async abort({ key: Key, id: UploadId }: UnfinishedUpload): Promise<boolean> {
    try {
      await this.client.send(new AbortMultipartUploadCommand({ Bucket: this.bucket, Key, UploadId }));
      return true;
    } catch (error) {
      if (answered(error, 'NoSuchUpload')) return false;
      throw error;
    }
  }
}
