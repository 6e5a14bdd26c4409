import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * What a connection meets: the server; nobody; a server that is starting; an administrator who ends it as soon as it has
 * been let in and asks its first question; or a pooler, which tells the client a process that is not the server's.
 */
export type DatabaseFault = 'pass' | 'reset' | 'starting' | 'terminate' | 'pool';

/** A proxy in front of a PostgreSQL server, whose connections a test can break. */
export class DatabaseProxy {
  fault: DatabaseFault = 'pass';
  /** Connections since the start. */
  accepted = 0;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  private constructor(private target: URL) {
    this.server = createServer((client) => {
      this.serve(client);
    });
  }

  static async before(url: string): Promise<DatabaseProxy> {
    const proxy = new DatabaseProxy(new URL(url));
    await new Promise<void>((listening) => proxy.server.listen(0, '127.0.0.1', listening));
    return proxy;
  }

  /** The target's URL with the address of the proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return url.href;
  }

  /** Has new connections reach another server. */
  redirect(url: string): void {
    this.target = new URL(url);
  }

  /** Has every connection, open or new, meet a fault. */
  break(fault: DatabaseFault): void {
    this.fault = fault;
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private serve(client: Socket): void {
    this.accepted += 1;
    this.keep(client);
    if (this.fault === 'reset') {
      client.resetAndDestroy();
    } else if (this.fault === 'starting') {
      client.once('data', () => client.end(fatal('57P03', 'the database system is starting up')));
    } else {
      const server = this.keep(createConnection(Number(this.target.port), this.target.hostname));
      if (this.fault === 'pool') this.pool(server, client);
      else server.pipe(client);
      if (this.fault === 'terminate') this.terminateAtFirstQuery(client, server);
      else client.pipe(server);
      client.once('close', () => server.destroy());
      server.once('close', () => client.destroy());
    }
  }

  private terminateAtFirstQuery(client: Socket, server: Socket): void {
    let isAnswered = false;
    server.on('data', (data) => {
      // ReadyForQuery: the client is let in.
      isAnswered ||= data.at(-6) === 'Z'.charCodeAt(0);
    });
    client.on('data', (data) => {
      if (!isAnswered) server.write(data);
      else client.end(fatal('57P01', 'terminating connection due to administrator command'));
    });
  }

  private pool(server: Socket, client: Socket): void {
    server.on('data', (data) => {
      // BackendKeyData: its length with a key of 4 or, since version 18, 32 bytes.
      const at = ['K\0\0\0\x0c', 'K\0\0\0\x28']
        .map((head) => data.indexOf(head, 0, 'latin1'))
        .find((found) => found >= 0);
      if (at !== undefined) data.writeInt32BE(data.readInt32BE(at + 5) + 1, at + 5);
      client.write(data);
    });
  }

  private keep(socket: Socket): Socket {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.sockets.delete(socket));
    return socket;
  }
}

/** An ErrorResponse of PostgreSQL's protocol, version 3. */
function fatal(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
