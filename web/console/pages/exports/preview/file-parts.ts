import { ConnectionError, type Export, unwrap } from '@export-service/client';
import { client } from '../../../session/session';
import type { FileParts } from './parquet-rows';

const PARTIAL_CONTENT = 206;

/** Why the parts of a file cannot be read here, although it can be downloaded; a text is `preview.<reason>`. */
export class PartsUnavailableError extends Error {
  override readonly name = 'PartsUnavailableError';

  constructor(readonly reason: 'noRanges' | 'storageBlocked') {
    super(`The parts of the file cannot be read: ${reason}`);
  }
}

/**
 * Reads parts of the file of a completed export by range requests, also where these are redirected to the storage. They
 * do not count as downloads.
 */
export function partsOf({ id, file_size: size }: Export, signal: AbortSignal): FileParts {
  return { size: size ?? 0, read: (start, end) => readPart(id, `bytes=${start}-${end - 1}`, signal) };
}

/** @throws PartsUnavailableError | ExportServiceError | ConnectionError */
async function readPart(id: string, range: string, signal: AbortSignal): Promise<ArrayBuffer> {
  const request = requestPart(id, range, { signal });
  try {
    await unwrap(request);
  } catch (error) {
    const isBlocked = error instanceof ConnectionError && (await isRedirected(id, signal));
    throw isBlocked ? new PartsUnavailableError('storageBlocked') : error;
  }
  const { response } = await request;
  if (response.status !== PARTIAL_CONTENT) {
    // The whole file would follow.
    await response.body?.cancel();
    throw new PartsUnavailableError('noRanges');
  }
  try {
    return await response.arrayBuffer();
  } catch (error) {
    signal.throwIfAborted();
    throw new ConnectionError(error);
  }
}

/** The browser does not say why a request failed: the service redirects to a storage which this page may not read. */
async function isRedirected(id: string, signal: AbortSignal): Promise<boolean> {
  const { response } = await requestPart(id, 'bytes=0-0', { signal, redirect: 'manual' });
  return response.type === 'opaqueredirect';
}

function requestPart(id: string, range: string, init: { readonly signal: AbortSignal; readonly redirect?: 'manual' }) {
  return client.api.GET('/api/v1/exports/{id}/download', {
    params: { path: { id }, header: { Range: range } },
    parseAs: 'stream',
    ...init,
  });
}
