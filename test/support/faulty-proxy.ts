import {
  createServer,
  type IncomingMessage,
  request as sendRequest,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What becomes of one request: it goes through; is answered with a status instead; is never answered; its connection is
 * cut before anything is passed on (`cut`), after the server did what was asked (`lose-answer`), or within the body of
 * the answer (`cut-answer`), which may be after a number of bytes of the body (`cutAfter`).
 */
export type Fault = 'pass' | number | 'hang' | 'cut' | ForwardedFault;

type ForwardedFault = 'lose-answer' | 'cut-answer' | { readonly cutAfter: number };

export interface SeenRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
}

/** An HTTP proxy in front of one server that records every request and lets a test break the ones it chooses. */
export class FaultyProxy {
  readonly seen: SeenRequest[] = [];
  /** Decides each request's fate; a test sets it, `recover` takes it back. */
  decide: (request: SeenRequest) => Fault = () => 'pass';
  private readonly server: Server;

  private constructor(private target: URL) {
    this.server = createServer((request, response) => {
      this.serve(request, response);
    });
  }

  static async before(target: string): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(new URL(target));
    await new Promise<void>((listening) => proxy.server.listen(0, '127.0.0.1', listening));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Passes requests to another server from now on. */
  leadTo(target: string): void {
    this.target = new URL(target);
  }

  /** Lets everything through again, and forgets what was seen. */
  recover(): void {
    this.decide = () => 'pass';
    this.seen.length = 0;
  }

  /** Ends every connection, the hanging ones too. */
  async close(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    this.server.closeAllConnections();
    await closed;
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.url);
    const seen = { method: request.method ?? 'GET', url, headers: request.headers };
    this.seen.push(seen);
    const fault = this.decide(seen);
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    if (fault === 'hang') request.resume();
    else if (fault === 'cut') request.destroy();
    else if (typeof fault === 'number') respondWith(fault, request, response);
    else this.forward(request, response, fault);
  }

  private forward(request: IncomingMessage, response: ServerResponse, fault: 'pass' | ForwardedFault): void {
    const { hostname, port } = this.target;
    // The headers stay as they are: the Host is part of what the client signed.
    const { method, url: path, headers } = request;
    const forwarded = sendRequest({ hostname, port, method, path, headers }, (answer) => {
      answer.on('error', () => response.destroy());
      if (fault === 'lose-answer') {
        answer.resume().on('end', () => response.destroy());
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      if (fault === 'pass') answer.pipe(response);
      else if (typeof fault === 'object') pipeUntil(fault.cutAfter, answer, response);
      else answer.once('data', (chunk: Buffer) => response.write(chunk.subarray(0, -1), () => response.destroy()));
    });
    forwarded.on('error', () => response.destroy());
    response.on('close', () => forwarded.destroy());
    request.pipe(forwarded);
  }
}

/** Passes on the first bytes of a body, then cuts the connection. */
function pipeUntil(bytes: number, answer: IncomingMessage, response: ServerResponse): void {
  let left = bytes;
  answer
    .on('data', (chunk: Buffer) => {
      const isLast = chunk.length >= left;
      const passed = chunk.subarray(0, left);
      left -= passed.length;
      if (isLast) {
        answer.pause();
        response.write(passed, () => response.destroy());
      } else if (!response.write(passed)) {
        answer.pause();
        response.once('drain', () => answer.resume());
      }
    })
    .on('end', () => response.end());
}

/** Answers like a failing S3, after having taken in the request, so that the client reads the answer. */
function respondWith(status: number, request: IncomingMessage, response: ServerResponse): void {
  request.resume().on('end', () => {
    const code = status === 501 ? 'NotImplemented' : status >= 500 ? 'InternalError' : 'AccessDenied';
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(
      request.method === 'HEAD' ? undefined : `<Error><Code>${code}</Code><Message>injected</Message></Error>`,
    );
  });
}
