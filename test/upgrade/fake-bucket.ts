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
    if (this.isDown) return answer(response, 503, 'SlowDown');
    if (!isSignedWith(request, this.credentials)) {
      this.refused += 1;
      return answer(response, 403, 'SignatureDoesNotMatch');
    }
    const url = new URL(request.url ?? '/', `http://${this.host}`);
    const name = decodeURIComponent(url.pathname.slice(1));
    const object = this.objects.get(name);
    if (request.method === 'POST' && url.searchParams.has('uploads')) return beginUpload(response);
    if (request.method === 'DELETE') return answer(response, 204);
    if (request.method === 'HEAD') return head(response, object);
    if (request.method !== 'PUT' || url.searchParams.has('partNumber')) return answer(response, 501, 'NotImplemented');
    if (object && request.headers['if-none-match'] === '*') return answer(response, 412, 'PreconditionFailed');
    const exportId = request.headers['x-amz-meta-export-id'];
    this.objects.set(name, {
      sha256: createHash('sha256').update(body).digest('hex'),
      exportId: typeof exportId === 'string' ? exportId : null,
    });
    response.writeHead(200, { etag: '"object"' }).end();
  }
}

function beginUpload(response: ServerResponse): void {
  const result = '<InitiateMultipartUploadResult><UploadId>probe</UploadId></InitiateMultipartUploadResult>';
  response.writeHead(200, { 'content-type': 'application/xml' }).end(result);
}

function head(response: ServerResponse, object: FakeObject | undefined): void {
  if (!object) response.writeHead(404).end();
  else response.writeHead(200, { ...(object.exportId && { 'x-amz-meta-export-id': object.exportId }) }).end();
}

function answer(response: ServerResponse, status: number, code?: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(code && `<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
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
