import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface FakeObject {
  readonly sha256: string;
  readonly exportId: string | null;
}

export interface FakeCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * An S3 server for small files that checks the signature (AWS Signature Version 4) of every request, so that only the right
 * credentials write. It never overwrites an object where the request says `If-None-Match: *`.
 */
export class FakeBucket {
  /** By `bucket/key`. */
  readonly objects = new Map<string, FakeObject>();
  /** Requests that were not signed with the right secret. */
  refused = 0;
  /** Answers everything with 503 while it is set. */
  isDown = false;

  private constructor(
    private readonly server: Server,
    readonly credentials: FakeCredentials,
  ) {}

  static async start(credentials: FakeCredentials, port = 0): Promise<FakeBucket> {
    const server = createServer();
    const bucket = new FakeBucket(server, credentials);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void bucket.serve(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((listening, failed) => {
      server.once('error', failed).listen(port, '127.0.0.1', listening);
    });
    return bucket;
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const { status, code, ...given } = this.answerTo(request, body);
    response.writeHead(status, { 'content-type': 'application/xml', ...given.headers });
    response.end(given.body ?? (code && `<Error><Code>${code}</Code><Message>${code}</Message></Error>`));
  }

  private answerTo(request: IncomingMessage, body: Buffer): FakeAnswer {
    if (this.isDown) return { status: 503, code: 'SlowDown' };
    if (!isSignedWith(request, this.credentials)) {
      this.refused += 1;
      return { status: 403, code: 'SignatureDoesNotMatch' };
    }
    const url = new URL(request.url ?? '/', `http://${this.host}`);
    const name = decodeURIComponent(url.pathname.slice(1));
    const object = this.objects.get(name);
    if (request.method === 'POST' && url.searchParams.has('uploads')) return { status: 200, body: BEGUN_UPLOAD };
    if (request.method === 'DELETE') return { status: 204 };
    if (request.method === 'HEAD') return headOf(object);
    if (request.method !== 'PUT' || url.searchParams.has('partNumber')) return { status: 501, code: 'NotImplemented' };
    if (object && request.headers['if-none-match'] === '*') return { status: 412, code: 'PreconditionFailed' };
    const exportId = request.headers['x-amz-meta-export-id'];
    this.objects.set(name, {
      sha256: createHash('sha256').update(body).digest('hex'),
      exportId: typeof exportId === 'string' ? exportId : null,
    });
    return { status: 200, headers: { etag: '"object"' } };
  }
}

interface FakeAnswer {
  readonly status: number;
  readonly code?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const BEGUN_UPLOAD = '<InitiateMultipartUploadResult><UploadId>probe</UploadId></InitiateMultipartUploadResult>';

function headOf(object: FakeObject | undefined): FakeAnswer {
  if (!object) return { status: 404 };
  return { status: 200, headers: object.exportId === null ? {} : { 'x-amz-meta-export-id': object.exportId } };
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d+)\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)$/;

function isSignedWith(request: IncomingMessage, { accessKeyId, secretAccessKey }: FakeCredentials): boolean {
  const [, id, date = '', region = '', signed = '', signature] =
    AUTHORIZATION.exec(request.headers.authorization ?? '') ?? [];
  if (id !== accessKeyId) return false;
  const scope = `${date}/${region}/s3/aws4_request`;
  const canonical = createHash('sha256').update(canonicalRequest(request, signed)).digest('hex');
  const text = ['AWS4-HMAC-SHA256', header(request, 'x-amz-date'), scope, canonical].join('\n');
  let key: Buffer | string = `AWS4${secretAccessKey}`;
  for (const part of [date, region, 's3', 'aws4_request']) key = createHmac('sha256', key).update(part).digest();
  return createHmac('sha256', key).update(text).digest('hex') === signature;
}

function canonicalRequest(request: IncomingMessage, signedHeaders: string): string {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const parameters = query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => (part.includes('=') ? part : `${part}=`))
    .sort();
  const headers = signedHeaders.split(';').map((name) => `${name}:${header(request, name)}\n`);
  const content = header(request, 'x-amz-content-sha256');
  return [request.method, path, parameters.join('&'), headers.join(''), signedHeaders, content].join('\n');
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return (Array.isArray(value) ? value.join(',') : (value ?? '')).trim().replaceAll(/ +/g, ' ');
}
