// Exports something and saves the file, as its argument says. It prints what happened as one line of JSON.
import {
  type ClientOptions,
  createClient,
  describeError,
  ExportServiceError,
  type ExportRequest,
} from '@export-service/client';
import { saveExport } from '@export-service/client/node';

interface Settings {
  readonly options: ClientOptions;
  readonly request: ExportRequest;
  readonly target: string;
  /** Ends the process when so many bytes have arrived. */
  readonly exitAfterBytes?: number;
  /** Estimates the export before, and reads the first rows of its file after it. */
  readonly looksAtRows?: boolean;
}

const { options, request, target, exitAfterBytes, looksAtRows } = JSON.parse(process.argv[2] ?? '') as Settings;
const retries: string[] = [];
const statuses: string[] = [];
const client = createClient({ ...options, onRetry: ({ error }) => retries.push(error.code) });

try {
  const estimate = looksAtRows ? await client.exports.estimate(request) : undefined;
  const { id } = await client.exports.run(request, { onProgress: ({ status }) => statuses.push(status) });
  const saved = await saveExport(client, id, target, {
    onProgress: ({ bytes }) => {
      if (exitAfterBytes !== undefined && bytes >= exitAfterBytes) process.exit(3);
    },
  });
  const preview = looksAtRows ? await client.exports.preview(id, { rows: 2 }) : undefined;
  print({ id, saved, statuses, retries, estimate, preview });
} catch (error) {
  if (!(error instanceof ExportServiceError)) throw error;
  const { name, code, retryAfterSeconds } = error;
  print({ error: { name, code, retryAfterSeconds, text: describeError(error, 'uk') }, retries });
}

function print(result: object): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
