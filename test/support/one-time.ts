import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type Client, type ExportRecord, sha256 } from './client';
import type { Installation } from './installation';
import { S3Observer, s3Server } from './s3-under-test';

/** A completed one-time export of random, incompressible bytes. */
export async function oneTimeExport(
  installation: Installation,
  owner: Client,
  bytes: number,
): Promise<ExportRecord & { readonly file_url: string }> {
  const session = await owner.saveBoard(null);
  const { id } = await owner.finished((await owner.requestExport(session, 'json')).id);
  // Exporting a board of that size would take seconds.
  const content = randomBytes(bytes);
  const [row] = await installation.sql<{ key: string }>(
    'UPDATE exports SET one_time = true, file_size = $2, sha256 = $3 WHERE id = $1 RETURNING storage_key AS key',
    id,
    bytes,
    sha256(content),
  );
  await replaceFile(installation, row!.key, content);
  return (await owner.status(id)) as ExportRecord & { readonly file_url: string };
}

async function replaceFile(installation: Installation, key: string, content: Buffer): Promise<void> {
  if (!installation.isOnS3) {
    await writeFile(join(installation.storageFolder, key), content);
    return;
  }
  const bucket = new S3Observer(s3Server);
  await bucket.put(key, content);
  bucket.close();
}

/** What one client received. */
export interface Download {
  /** `null` when the connection ended before the response. */
  readonly status: number | null;
  /** Bytes of the body. */
  readonly size: number;
  readonly sha256: string;
  /** Status 200, with as many bytes as announced. */
  readonly isComplete: boolean;
  readonly headers: string;
}

/** What a client does with the response. */
export interface DownloadBehavior {
  /** Ends the connection after so many bytes of the body; at 0 after the head. */
  readonly cutAt?: number;
  /** How that connection ends: closed in order, or reset as by a crashed machine. */
  readonly cutBy?: 'close' | 'reset';
  readonly headers?: Readonly<Record<string, string>>;
  /** After so many bytes the client reads no more until `resumed` is fulfilled. */
  readonly pauseAt?: number;
  readonly resumed?: Promise<void>;
  /** Leaves the connection open after the last byte. */
  readonly keepsConnection?: boolean;
}

/** Downloads a file over a raw connection, so that no client library hides what arrives. */
export function download(
  url: string,
  {
    cutAt = Infinity,
    cutBy = 'close',
    headers = {},
    pauseAt = Infinity,
    resumed,
    keepsConnection = false,
  }: DownloadBehavior = {},
): Promise<Download> {
  const { hostname, port, pathname, search } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: keepsConnection });
    const lines = Object.entries({ host: `${hostname}:${port}`, ...headers }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    socket.write(`GET ${pathname}${search} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    let head = '';
    let announced: number | undefined;
    let size = 0;
    const hash = createHash('sha256');
    const body = (chunk: Buffer) => {
      const taken = chunk.subarray(0, Math.max(0, cutAt - size));
      hash.update(taken);
      size += taken.length;
      if (size >= pauseAt && resumed) {
        socket.pause();
        void resumed.then(() => socket.resume());
      }
      if (size < cutAt && size < announced!) return;
      if (size < announced! && cutBy === 'reset') socket.resetAndDestroy();
      else if (size < announced! || !keepsConnection) socket.destroy();
      else settle();
    };
    socket.on('data', (chunk: Buffer) => {
      if (announced !== undefined) {
        body(chunk);
        return;
      }
      head += chunk.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      const rest = Buffer.from(head.slice(end + 4), 'latin1');
      head = head.slice(0, end);
      announced = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
      body(rest);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      settle();
    });
    const settle = () => {
      const status = /^HTTP\/1\.1 (\d+)/.exec(head)?.[1];
      resolve({
        status: status === undefined ? null : Number(status),
        size,
        sha256: hash.digest('hex'),
        isComplete: status === '200' && size === announced,
        headers: head,
      });
    };
  });
}
