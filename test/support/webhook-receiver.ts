import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What a receiver does with one request: it answers with a status; never answers; answers after a while; sends somebody
 * elsewhere; begins a body that never ends, a byte at a time; sends more than anybody reads; or cuts the connection.
 */
export type Behaviour =
  | number
  | 'silent'
  | 'drip'
  | 'flood'
  | 'cut'
  | {
      readonly status: number;
      readonly afterMs?: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    };

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** What came of it. */
  readonly behaviour: Behaviour;
}

const DRIP_MS = 20;

/** A real HTTP server that takes in webhooks, and behaves as a test says. */
export class WebhookReceiver {
  readonly received: ReceivedRequest[] = [];
  private script: Behaviour[] = [];
  private last: Behaviour = 200;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      request.on('error', () => undefined);
      response.on('error', () => undefined);
      void this.take(request, response).catch(() => response.destroy());
    });
  }

  /** @param port a free one when it is left out */
  static async start(port = 0): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    await new Promise<void>((listening, failed) => {
      receiver.server.once('error', failed).listen(port, '127.0.0.1', listening);
    });
    return receiver;
  }

  /** As OUTBOUND_ALLOWED_HOSTS names it. */
  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `http://${this.host}/hook`;
  }

  /** Says what it does with the next requests, one after the other; the last holds for all that come later. */
  behave(...script: Behaviour[]): void {
    this.script = script;
  }

  /** Forgets what came, and accepts everything again. */
  reset(): void {
    this.received.length = 0;
    this.behave(200);
  }

  /** Ends every connection, the hanging ones too. */
  async stop(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    this.server.closeAllConnections();
    await closed;
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    this.last = this.script.shift() ?? this.last;
    this.received.push({
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
      behaviour: this.last,
    });
    respond(response, this.last);
  }
}

function respond(response: ServerResponse, behaviour: Behaviour): void {
  if (behaviour === 'silent') return;
  if (behaviour === 'cut') response.destroy();
  else if (behaviour === 'drip') drip(response);
  else if (behaviour === 'flood') flood(response);
  else if (typeof behaviour === 'number') response.writeHead(behaviour).end();
  else {
    const { status, afterMs = 0, headers, body } = behaviour;
    setTimeout(() => response.writeHead(status, headers).end(body), afterMs);
  }
}

function drip(response: ServerResponse): void {
  response.writeHead(200);
  const timer = setInterval(() => response.write('.'), DRIP_MS);
  response.on('close', () => {
    clearInterval(timer);
  });
}

function flood(response: ServerResponse): void {
  response.writeHead(200);
  const more = () => {
    while (!response.destroyed && response.write(Buffer.alloc(64 * 1024, 'x')));
  };
  response.on('drain', more);
  more();
}
