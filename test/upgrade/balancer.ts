import {
  Agent,
  createServer,
  type IncomingMessage,
  request as sendRequest,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What stands before the processes of an installation: one address, a new connection for each request, to one process after
 * the other. It tries the next one only where a connection is refused, and never sends a request twice.
 */
export class Balancer {
  private readonly server: Server;
  private readonly agent = new Agent({ keepAlive: false });
  private backends: string[] = [];
  private turn = 0;

  private constructor() {
    this.server = createServer((request, response) => {
      this.forward(request, response, this.inTurn());
    });
    this.server.keepAliveTimeout = 60_000;
  }

  static async start(): Promise<Balancer> {
    const balancer = new Balancer();
    await new Promise<void>((listening) => balancer.server.listen(0, '127.0.0.1', listening));
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  add(url: string): void {
    this.backends.push(url);
  }

  remove(url: string): void {
    this.backends = this.backends.filter((backend) => backend !== url);
  }

  async stop(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    this.server.closeAllConnections();
    await closed;
  }

  private inTurn(): string[] {
    this.turn += 1;
    const first = this.turn % Math.max(1, this.backends.length);
    return [...this.backends.slice(first), ...this.backends.slice(0, first)];
  }

  private forward(request: IncomingMessage, response: ServerResponse, [backend, ...others]: string[]): void {
    if (backend === undefined) {
      request.resume().on('end', () => response.writeHead(503, { 'retry-after': '1' }).end());
      return;
    }
    const { method, headers, url = '/' } = request;
    const forwarded = sendRequest(new URL(url, backend), { method, headers, agent: this.agent }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.on('error', () => response.destroy());
      answer.on('close', () => {
        if (!answer.complete) response.destroy();
      });
    });
    forwarded.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') this.forward(request, response, others);
      else response.destroy(error);
    });
    response.on('close', () => forwarded.destroy());
    // Bodies are sent only over a connection that is there, so that they can go to another process.
    forwarded.on('socket', (socket) => {
      if (!socket.connecting) request.pipe(forwarded);
      else socket.once('connect', () => request.pipe(forwarded));
    });
  }
}
