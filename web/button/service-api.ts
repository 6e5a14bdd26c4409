import {
  ConnectionError,
  createClient,
  type ExportClient,
  type ExportRequest,
  ExportServiceError,
} from '@export-service/client';
import type { Estimate } from './estimates';
import type { ExportApi, ExportRecord } from './export-task';
import type { TokenSource } from './token-source';

export interface ServiceApiOptions {
  readonly baseUrl: string;
  readonly tokens: TokenSource;
  readonly toRequest: (format: string) => ExportRequest;
}

/** The service as one button sees it. It repeats nothing by itself: the button shows what it waits for. */
export function createServiceApi({ baseUrl, tokens, toRequest }: ServiceApiOptions): ExportApi & {
  estimate(format: string): Promise<Estimate>;
} {
  const client = createClient({ baseUrl, token: () => tokens.get(), retryTimeoutMs: 0 });
  const renewToken = (): void => {
    tokens.renew();
  };
  return {
    ...createExportApi({ client, baseUrl, toRequest, renewToken }),
    estimate: async (format) => {
      try {
        return await client.exports.estimate(toRequest(format));
      } catch (error) {
        if (error instanceof ExportServiceError && error.status === 401) tokens.renew();
        throw error;
      }
    },
  };
}

interface ExportApiOptions {
  /** A client that repeats nothing by itself. */
  readonly client: ExportClient;
  readonly baseUrl: string;
  readonly toRequest: (format: string) => ExportRequest;
  readonly renewToken: () => void;
}

/** What a task asks of the service. */
export function createExportApi({ client, baseUrl, toRequest, renewToken }: ExportApiOptions): ExportApi {
  return {
    create: (format, idempotencyKey) => client.exports.create(toRequest(format), { idempotencyKey }),
    follow: (id, onProgress, signal) => client.exports.follow(id, { onProgress, signal }),
    cancel: async (id) => {
      await client.exports.cancel(id);
    },
    locate: async (id) => {
      const record = await client.exports.get(id);
      const { file_url: url } = record;
      if (url === null) throw new ExportServiceError('export-file-gone', 'The file has expired or was deleted.');
      await checkLink({ ...record, file_url: url }, new URL(baseUrl).origin);
      return { ...record, file_url: url };
    },
    renewToken,
  };
}

/**
 * Asks whether the link leads to the file, because the browser leaves the page for a link that fails. Links to other servers
 * are left alone: a storage signs them for GET only. So are those to one-time files.
 */
async function checkLink(record: ExportRecord & { readonly file_url: string }, origin: string): Promise<void> {
  const { file_url: url, one_time: isOneTime } = record;
  if (isOneTime || new URL(url).origin !== origin) return;
  const { ok, status, headers } = await fetch(url, { method: 'HEAD' }).catch((cause: unknown) => {
    throw new ConnectionError(cause);
  });
  if (ok) return;
  const retryAfterSeconds = Number(headers.get('Retry-After')) || undefined;
  throw new ExportServiceError('export-file-gone', 'The link does not lead to the file.', {
    status,
    retryAfterSeconds,
  });
}
