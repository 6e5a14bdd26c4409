import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import type { VerifiableFile } from '../../verify/index.js';
import { CommandError, ExitCode, UsageError } from '../errors.js';
import type { Place } from './file-store.js';

type S3 = typeof import('@aws-sdk/client-s3');

/** Objects of a bucket, with the credentials, the region and the endpoint of the variables and files of AWS. */
export async function openS3Store(text: string): Promise<Place> {
  const [, bucket, key = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/i.exec(text) ?? [];
  if (!bucket) throw new UsageError(`${text} names no bucket. Write s3://bucket/key.`);
  const s3 = await loadS3();
  const client = new s3.S3Client({
    forcePathStyle: process.env['AWS_ENDPOINT_URL_S3'] !== undefined || process.env['AWS_ENDPOINT_URL'] !== undefined,
  });
  const objects = new Bucket(s3, client, bucket);
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  const name = key.slice(folder.length);
  if (name !== '' && (await objects.find(key, name))) {
    return { store: { find: (other) => objects.find(folder + other, other), list: () => objects.list(folder) }, name };
  }
  const prefix = key === '' || key.endsWith('/') ? key : `${key}/`;
  return {
    store: { find: (other) => objects.find(prefix + other, other), list: () => objects.list(prefix) },
    name: null,
  };
}

class Bucket {
  constructor(
    private readonly s3: S3,
    private readonly client: S3Client,
    private readonly bucket: string,
  ) {}

  async find(key: string, name: string): Promise<VerifiableFile | undefined> {
    try {
      const found = await this.client.send(new this.s3.HeadObjectCommand({ Bucket: this.bucket, Key: key }));
      return this.toFile(key, name, found.ContentLength ?? 0);
    } catch (error) {
      if (error instanceof this.s3.NotFound || error instanceof this.s3.NoSuchKey) return undefined;
      throw toCommandError(error, `s3://${this.bucket}/${key}`);
    }
  }

  async list(prefix: string): Promise<VerifiableFile[]> {
    const files: VerifiableFile[] = [];
    let token: string | undefined;
    try {
      do {
        const page = await this.client.send(
          new this.s3.ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix, ContinuationToken: token }),
        );
        for (const { Key: key = '', Size: size = 0 } of page.Contents ?? []) {
          // Some programs write an empty object for each folder.
          if (!key.endsWith('/')) files.push(this.toFile(key, key.slice(prefix.length), size));
        }
        token = page.NextContinuationToken;
      } while (token !== undefined);
    } catch (error) {
      throw toCommandError(error, `s3://${this.bucket}/${prefix}`);
    }
    if (files.length === 0) throw new UsageError(`s3://${this.bucket}/${prefix} does not exist.`);
    return files;
  }

  private toFile(key: string, name: string, size: number): VerifiableFile {
    return { name, size, read: (start = 0, end = size) => this.read(key, start, end) };
  }

  private async *read(key: string, start: number, end: number): AsyncGenerator<Uint8Array, void> {
    if (start >= end) return;
    let found: GetObjectCommandOutput;
    try {
      const range = { Bucket: this.bucket, Key: key, Range: `bytes=${start}-${end - 1}` };
      found = await this.client.send(new this.s3.GetObjectCommand(range));
    } catch (error) {
      throw toCommandError(error, `s3://${this.bucket}/${key}`);
    }
    yield* found.Body as unknown as AsyncIterable<Uint8Array>;
  }
}

function toCommandError(error: unknown, object: string): CommandError {
  const reason = error instanceof Error ? error.message || error.name : String(error);
  return new CommandError(`${object} cannot be read: ${reason}`, ExitCode.Failed);
}

/** The package is large, and few need it: it is not installed with the client. */
async function loadS3(): Promise<S3> {
  try {
    return await import('@aws-sdk/client-s3');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new UsageError(
      'For s3://… the package @aws-sdk/client-s3 is needed: install it beside this program, or use a presigned URL.',
    );
  }
}
