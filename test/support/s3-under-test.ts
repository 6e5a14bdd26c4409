import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { S3Settings } from '../../src/platform/storage/s3-client';
import { digest } from './bytes';

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

export interface ObservedObject {
  readonly size: number;
  readonly sha256: string;
  readonly contentType: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A look at the bucket past the adapter. */
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

  async keys(prefix = ''): Promise<string[]> {
    const page = await this.client.send(new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix }));
    return (page.Contents ?? []).map(({ Key = '' }) => Key);
  }

  /** What lies under a key, read to its end. */
  async object(key: string): Promise<ObservedObject> {
    const answer = await this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
    const content = await digest(answer.Body as unknown as AsyncIterable<Uint8Array>);
    return { ...content, contentType: answer.ContentType, metadata: answer.Metadata ?? {} };
  }

  async put(key: string, body: string): Promise<void> {
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
