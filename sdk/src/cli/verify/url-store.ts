import { ConnectionError, ExportServiceError } from '../../index.js';
import type { VerifiableFile } from '../../verify/index.js';
import { chunksOf } from '../../verify/verifiable-file.js';
import { CommandError, ExitCode, UsageError } from '../errors.js';
import type { FileStore, Place } from './file-store.js';

/** A file on a web server, also by a presigned URL. Servers without ranges are read from the start each time. */
export function openUrlStore(text: string): Place {
  if (!URL.canParse(text)) throw new UsageError(`${text} is no URL.`);
  const url = new URL(text);
  const path = url.pathname.split('/');
  const encodedName = path.pop() ?? '';
  if (encodedName === '') throw new UsageError('A web server does not list its files: name one of them.');
  const store: FileStore = {
    find: (name) => {
      const isSame = name === decodeURIComponent(encodedName);
      // What signs a URL does not sign those of other files.
      if (!isSame && url.search !== '') return Promise.resolve(undefined);
      return openUrl(
        isSame ? url : new URL([...path, ...name.split('/').map(encodeURIComponent)].join('/'), url),
        name,
      );
    },
    list: () => Promise.reject(new UsageError('A web server does not list its files: name one of them.')),
  };
  return { store, name: decodeURIComponent(encodedName) };
}

const ABSENT = new Set([403, 404, 410]);

/** @returns undefined if the server does not have it */
async function openUrl(url: URL, name: string): Promise<VerifiableFile | undefined> {
  const response = await request(url, 'bytes=0-0');
  await response.body?.cancel();
  if (ABSENT.has(response.status)) return undefined;
  const range = /^bytes (?:0-0|\*)\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '');
  const length = range?.[1] ?? (response.status === 200 ? response.headers.get('Content-Length') : null);
  if (length === null) throw new CommandError(`${url.host} answers ${response.status} for ${name}.`, ExitCode.Failed);
  const size = Number(length);
  return { name, size, read: (start = 0, end = size) => readUrl(url, start, end) };
}

async function* readUrl(url: URL, start: number, end: number): AsyncGenerator<Uint8Array, void> {
  if (start >= end) return;
  const response = await request(url, `bytes=${start}-${end - 1}`);
  if (!response.ok || !response.body) {
    throw new CommandError(`${url.host} answers ${response.status}.`, ExitCode.Failed);
  }
  let at = response.status === 206 ? start : 0;
  try {
    for await (const chunk of chunksOf(response.body)) {
      const part = chunk.subarray(Math.max(0, start - at), Math.max(0, end - at));
      at += chunk.length;
      if (part.length > 0) yield part;
      if (at >= end) return;
    }
  } catch (error) {
    throw error instanceof ExportServiceError ? error : new ConnectionError(error);
  }
}

async function request(url: URL, range: string): Promise<Response> {
  try {
    // Otherwise compressed files would be unpacked on their way.
    return await fetch(url, { headers: { Range: range, 'Accept-Encoding': 'identity' } });
  } catch (error) {
    throw new CommandError(
      `${url.host} cannot be reached: ${String((error as Error).cause ?? error)}`,
      ExitCode.Unreachable,
    );
  }
}
