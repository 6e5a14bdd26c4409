import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListMultipartUploadsCommand,
  paginateListObjectsV2,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { S3Settings } from '../../src/platform/storage/s3-client';
import { digest } from './bytes';
import { describeWhere } from './describe-where';
import type { SeenRequest } from './faulty-proxy';

/** The S3 server that the tests may use (see test/support/s3-gateway), or `null` when the environment names none. */
export function s3SettingsFromEnvironment(): (S3Settings & { readonly endpoint: string }) | null {
  const env = process.env;
  if (env['S3_ENDPOINT'] === undefined || env['S3_ENDPOINT'] === '') return null;
  const need = (name: string): string => {
    const value = env[name];
    if (value === undefined || value === '') throw new Error(`S3_ENDPOINT is set, but ${name} is not`);
    return value;
  };
  return {
    endpoint: need('S3_ENDPOINT'),
    region: env['S3_REGION'] ?? 'us-east-1',
    bucket: need('S3_BUCKET'),
    accessKeyId: need('S3_ACCESS_KEY_ID'),
    secretAccessKey: need('S3_SECRET_ACCESS_KEY'),
    forcePathStyle: env['S3_FORCE_PATH_STYLE'] !== 'false',
  };
}

const settings = s3SettingsFromEnvironment();

/** The S3 server of the tests; what stands in for it where there is none is never called. */
export const s3Server = {
  endpoint: 'http://127.0.0.1:1',
  region: 'none',
  bucket: 'none',
  forcePathStyle: true,
  ...settings,
};

const NO_S3 = 'S3_ENDPOINT is not set; `test/support/s3-gateway/gateway.sh start` brings a server up';

/** `describe` where there is an S3 server. */
export function describeOnS3(name: string, tests: () => void): void {
  describeWhere(settings === null ? NO_S3 : null, name, tests);
}

/** The encryption that a request for a new object asked for. */
export interface RequestedEncryption {
  readonly method: string;
  readonly key: string;
  readonly algorithm: string | undefined;
  readonly kmsKeyId: string | undefined;
}

/** Of all requests, those that begin an object: in one piece, in parts, or as a copy. */
export function requestedEncryptionOf(requests: readonly SeenRequest[]): RequestedEncryption[] {
  return requests
    .filter(({ method, url }) =>
      method === 'PUT' ? !url.searchParams.has('partNumber') : method === 'POST' && url.searchParams.has('uploads'),
    )
    .map(({ method, url, headers }) => ({
      method,
      key: url.pathname.split('/').slice(2).join('/'),
      algorithm: headers['x-amz-server-side-encryption'] as string | undefined,
      kmsKeyId: headers['x-amz-server-side-encryption-aws-kms-key-id'] as string | undefined,
    }));
}

export interface ObservedObject {
  readonly size: number;
  readonly sha256: string;
  readonly contentType: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Reads the bucket without the adapter. */
export class S3Observer {
  private readonly client: S3Client;
  private readonly bucket: string;

  constructor({ endpoint, region, bucket, accessKeyId = '', secretAccessKey = '', forcePathStyle }: S3Settings) {
    const credentials = { accessKeyId, secretAccessKey };
    this.client = new S3Client({ region, forcePathStyle, credentials, ...(endpoint !== undefined && { endpoint }) });
    this.bucket = bucket;
  }

  async makeBucket(): Promise<void> {
    const Bucket = this.bucket;
    try {
      await this.client.send(new HeadBucketCommand({ Bucket }));
    } catch {
      await this.client.send(new CreateBucketCommand({ Bucket }));
    }
  }

  async unfinishedUploads(prefix: string): Promise<string[]> {
    const page = await this.client.send(new ListMultipartUploadsCommand({ Bucket: this.bucket, Prefix: prefix }));
    return (page.Uploads ?? []).map(({ Key = '' }) => Key);
  }

  /** Begins an upload in parts and leaves it. */
  async beginUpload(Key: string): Promise<void> {
    const place = { Bucket: this.bucket, Key };
    const { UploadId } = await this.client.send(new CreateMultipartUploadCommand(place));
    await this.client.send(new UploadPartCommand({ ...place, UploadId, PartNumber: 1, Body: 'bytes' }));
  }

  /** The keys of all objects. */
  async keys(prefix = ''): Promise<string[]> {
    const found: string[] = [];
    const where = { Bucket: this.bucket, Prefix: prefix };
    for await (const { Contents = [] } of paginateListObjectsV2({ client: this.client }, where))
      found.push(...Contents.map(({ Key = '' }) => Key));
    return found;
  }

  /** What lies under a key, read to its end. */
  async object(key: string): Promise<ObservedObject> {
    const response = await this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
    const content = await digest(response.Body as unknown as AsyncIterable<Uint8Array>);
    return { ...content, contentType: response.ContentType, metadata: response.Metadata ?? {} };
  }

  async text(key: string): Promise<string> {
    const { Body } = await this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
    return Body!.transformToString();
  }

  async put(key: string, body: string | Buffer): Promise<void> {
    await this.client.send(new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: body }));
  }

  /** Takes rights to the bucket's objects from everybody, the bucket's owner included. */
  async deny(...actions: string[]): Promise<void> {
    const statement = { Effect: 'Deny', Principal: '*', Action: actions, Resource: `arn:aws:s3:::${this.bucket}/*` };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    await this.client.send(new PutBucketPolicyCommand({ Bucket: this.bucket, Policy }));
  }

  close(): void {
    this.client.destroy();
  }
}
