import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface KeptObject {
  readonly body: Buffer;
  readonly headers: IncomingMessage['headers'];
}

/**
 * A small part of S3, in memory: objects that are put in one request, looked at and deleted. It heeds `If-None-Match: *`, as
 * S3 does. For all else the tests have a real server, see s3-gateway.
 */
export class ObjectServer {
  /** By their paths: `/bucket/key`. */
  readonly objects = new Map<string, KeptObject>();
  /** Whether it answers 501 to conditions, as some storages do. */
  refusesConditions = false;
  /** Whether objects may be looked at. */
  isReadable = true;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<ObjectServer> {
    const server = createServer();
    const objects = new ObjectServer(server);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void objects.answer(request, response);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return objects;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.url);
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    if (request.method === 'PUT')
      this.put(pathname, { body: Buffer.concat(chunks), headers: request.headers }, response);
    else if (request.method === 'HEAD') this.head(pathname, response);
    else {
      this.objects.delete(pathname);
      response.writeHead(204).end();
    }
  }

  private put(path: string, object: KeptObject, response: ServerResponse): void {
    const isConditional = object.headers['if-none-match'] === '*';
    if (isConditional && this.refusesConditions) refuse(response, 501, 'NotImplemented');
    else if (isConditional && this.objects.has(path)) refuse(response, 412, 'PreconditionFailed');
    else {
      this.objects.set(path, object);
      response.writeHead(200, { ETag: '"1"' }).end();
    }
  }

  private head(path: string, response: ServerResponse): void {
    const object = this.objects.get(path);
    if (!this.isReadable) response.writeHead(403).end();
    else if (!object) response.writeHead(404).end();
    else {
      const metadata = Object.entries(object.headers).filter(([name]) => name.startsWith('x-amz-meta-'));
      response.writeHead(200, { 'content-length': object.body.length, ...Object.fromEntries(metadata) }).end();
    }
  }
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}
