import { createHash, createHmac } from 'node:crypto';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface StoredObject {
  readonly sha256: string;
  readonly exportId: string | null;
  /** Of the request that stored it. */
  readonly headers?: IncomingHttpHeaders;
}

export interface ObjectServerCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

interface Options {
  /** Where they are given, the signature (AWS Signature Version 4) of every request is checked. */
  readonly credentials?: ObjectServerCredentials;
  readonly port?: number;
}

/**
 * A small part of S3, in memory: objects that are put in one request, read and deleted. It supports `If-None-Match: *`, as
 * S3 does. For all else the tests have a real server, see s3-gateway.
 */
export class ObjectServer {
  /** By `bucket/key`. */
  readonly objects = new Map<string, StoredObject>();
  /** Requests that were not signed with the right secret. */
  refused = 0;
  /** Answers everything with 503 while it is set. */
  isDown = false;
  /** Takes requests and never answers them while it is set. */
  isSilent = false;
  /** Requests that it did not answer. */
  unanswered = 0;
  /** Whether it answers 501 to conditions, as some storages do. */
  refusesConditions = false;
  /** Whether objects may be looked at. */
  isReadable = true;

  private constructor(
    private readonly server: Server,
    private readonly credentials: ObjectServerCredentials | undefined,
  ) {}

  static async start({ credentials, port = 0 }: Options = {}): Promise<ObjectServer> {
    const server = createServer();
    const objects = new ObjectServer(server, credentials);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void objects.serve(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((listening, failed) => {
      server.once('error', failed).listen(port, '127.0.0.1', listening);
    });
    return objects;
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    if (this.isSilent) {
      this.unanswered += 1;
      return;
    }
    const { status, code, ...given } = this.respondTo(request, body);
    response.writeHead(status, { 'content-type': 'application/xml', ...given.headers });
    response.end(given.body ?? (code && `<Error><Code>${code}</Code><Message>${code}</Message></Error>`));
  }

  private respondTo(request: IncomingMessage, body: Buffer): ObjectResponse {
    if (this.isDown) return { status: 503, code: 'SlowDown' };
    if (this.credentials && !isSignedWith(request, this.credentials)) {
      this.refused += 1;
      return { status: 403, code: 'SignatureDoesNotMatch' };
    }
    const url = new URL(request.url ?? '/', this.url);
    const name = decodeURIComponent(url.pathname.slice(1));
    if (request.method === 'POST' && url.searchParams.has('uploads')) return { status: 200, body: STARTED_UPLOAD };
    if (request.method === 'HEAD') return this.head(name);
    if (request.method === 'DELETE') {
      // With an id it ends an upload in parts.
      if (!url.searchParams.has('uploadId')) this.objects.delete(name);
      return { status: 204 };
    }
    if (request.method !== 'PUT') return { status: 501, code: 'NotImplemented' };
    // No upload in parts is completed.
    if (url.searchParams.has('partNumber')) return { status: 200, headers: { etag: '"part"' } };
    return this.put(name, request.headers, body);
  }

  private put(name: string, headers: IncomingHttpHeaders, body: Buffer): ObjectResponse {
    const isConditional = headers['if-none-match'] === '*';
    if (isConditional && this.refusesConditions) return { status: 501, code: 'NotImplemented' };
    if (isConditional && this.objects.has(name)) return { status: 412, code: 'PreconditionFailed' };
    const exportId = headers['x-amz-meta-export-id'];
    this.objects.set(name, {
      sha256: createHash('sha256').update(body).digest('hex'),
      exportId: typeof exportId === 'string' ? exportId : null,
      headers,
    });
    return { status: 200, headers: { etag: '"object"' } };
  }

  private head(name: string): ObjectResponse {
    const object = this.objects.get(name);
    if (!this.isReadable) return { status: 403 };
    if (!object) return { status: 404 };
    return { status: 200, headers: object.exportId === null ? {} : { 'x-amz-meta-export-id': object.exportId } };
  }
}

interface ObjectResponse {
  readonly status: number;
  readonly code?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const STARTED_UPLOAD = '<InitiateMultipartUploadResult><UploadId>probe</UploadId></InitiateMultipartUploadResult>';

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d+)\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)$/;

function isSignedWith(request: IncomingMessage, { accessKeyId, secretAccessKey }: ObjectServerCredentials): boolean {
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
