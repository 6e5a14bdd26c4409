import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type Client, type ExportRecord, sha256 } from './client';
import type { Installation } from './installation';
import { S3Observer, s3Server } from './s3-under-test';

/** An export of so many bytes, which nothing compresses, whose first complete download deletes its file. */
export async function oneTimeExport(
  installation: Installation,
  owner: Client,
  bytes: number,
): Promise<ExportRecord & { readonly file_url: string }> {
  const session = await owner.saveBoard(null);
  const { id } = await owner.finished((await owner.requestExport(session, 'json')).id);
  // A board of that size would take seconds to save and to export.
  const content = randomBytes(bytes);
  const [row] = await installation.sql<{ key: string }>(
    'UPDATE exports SET one_time = true, file_size = $2, sha256 = $3 WHERE id = $1 RETURNING storage_key AS key',
    ...[id, bytes, sha256(content)],
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

/** What one reader got, counted by the reader. */
export interface Download {
  /** `null` when the connection ended before there was any. */
  readonly status: number | null;
  /** Bytes of the body. */
  readonly size: number;
  readonly sha256: string;
  /** As many bytes as were announced. */
  readonly isComplete: boolean;
  readonly headers: string;
}

export interface Reading {
  /** Ends the connection once so many bytes of the body were seen; before the first of them when it is 0. */
  readonly cutAt?: number;
  /** How the connection then ends: by closing it, or by a reset, as by a machine that has lost it. */
  readonly cutBy?: 'close' | 'reset';
  readonly headers?: Readonly<Record<string, string>>;
  /** Having seen so many bytes, the reader takes no more until `held` is fulfilled. */
  readonly holdAt?: number;
  readonly held?: Promise<void>;
  /** Leaves the connection open when everything has come. */
  readonly isKept?: boolean;
}

/** Fetches a file over a connection of its own that does as it is told: no client library hides what came. */
export function download(
  url: string,
  { cutAt = Infinity, cutBy = 'close', headers = {}, holdAt = Infinity, held, isKept = false }: Reading = {},
): Promise<Download> {
  const { hostname, port, pathname, search } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: isKept });
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
      if (size >= holdAt && held) {
        socket.pause();
        void held.then(() => socket.resume());
      }
      if (size < cutAt && size < announced!) return;
      if (size < announced! && cutBy === 'reset') socket.resetAndDestroy();
      else if (size < announced! || !isKept) socket.destroy();
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
