import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Request, Response } from 'express';

/** Beside the bundled program, or in `dist` seen from this file. */
const FOLDERS = [join(__dirname, 'web'), join(__dirname, '../../web'), join(__dirname, '../../../dist/web')];

/** The best compression first. The build writes each file in all of them. */
const ENCODINGS = { br: '.br', gzip: '.gz' } as const;

/** The folder into which the build writes what browsers load; `undefined` before it is built. */
export function webFolder(): string | undefined {
  return FOLDERS.find((path) => existsSync(path));
}

/** Whether the file is another one in an encoding. */
export function isEncoded(name: string): boolean {
  return Object.values(ENCODINGS).some((suffix) => name.endsWith(suffix));
}

/** A file of the build in all its encodings, in memory. */
export class WebFile {
  private constructor(
    private readonly extension: string,
    private readonly hash: string,
    private readonly plain: Buffer,
    private readonly encoded: readonly { readonly encoding: string; readonly body: Buffer }[],
  ) {}

  static read(path: string): WebFile {
    const plain = readFileSync(path);
    const hash = createHash('sha256').update(plain).digest('base64url').slice(0, 22);
    const encoded = Object.entries(ENCODINGS)
      .filter(([, suffix]) => existsSync(path + suffix))
      .map(([encoding, suffix]) => ({ encoding, body: readFileSync(path + suffix) }));
    return new WebFile(extname(path), hash, plain, encoded);
  }

  /** Sends the file in the best encoding that the client accepts, or 304. */
  send(request: Request, response: Response, headers: Readonly<Record<string, string>>): void {
    const chosen = this.encoded.find(({ encoding }) => request.acceptsEncodings(encoding));
    if (chosen) response.set('Content-Encoding', chosen.encoding);
    response.type(this.extension);
    response.set({ ETag: `"${this.hash}${chosen ? `-${chosen.encoding}` : ''}"`, ...headers });
    response.vary('Accept-Encoding');
    response.send(chosen?.body ?? this.plain);
  }
}
