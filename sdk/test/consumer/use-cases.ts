// What a client does with the types. It is compiled and never run.
import type { components, ExportRequest, Export, operations, Problem } from '@export-service/client';
import { createClient, type ExportClient, RateLimitedError } from '@export-service/client';

/** The kind tells which options and filters there are. */
export function describe(record: Export): string {
  switch (record.kind) {
    case 'board':
      return `page ${record.options.page ?? 'all'} at ${record.options.pixel_ratio ?? 2}`;
    case 'boards':
      return `several boards as ${record.format}`;
    case 'data':
      return `${Object.keys(record.filters ?? {}).join()} in ${record.options.timezone ?? 'UTC'}`;
    case 'event':
      return record.options.points ? 'with points' : 'without points';
    default:
      return record satisfies never;
  }
}

/** A client has texts of its own for the codes that it knows, and shows the service's for the others. */
const texts: Partial<Record<NonNullable<Export['error_code']>, string>> = {
  'drawing-too-large': 'Експортуйте менше сторінок.',
  'file-not-stored': 'Спробуйте пізніше.',
};

export function failureText({ error, error_code: code }: Export): string | null {
  return code === null ? null : (texts[code] ?? error);
}

export function warningTexts({ warnings, warning_codes: codes }: Export): string[] {
  return warnings.map((text, index) => (codes[index] === 'image-missing' ? 'Немає зображення' : text));
}

export function wrongFields(problem: Problem): string[] {
  if (problem.code !== 'invalid-request') return [`${problem.code} (${problem.request_id})`];
  return (problem.errors ?? []).filter(({ code }) => code === 'required').map(({ field }) => field);
}

export const rows: ExportRequest = {
  type: 'partial',
  format: 'csv',
  data_types: ['payments'],
  columns: { transactions: ['id', 'amount'] },
  filters: {
    dateFrom: '2026-01-01',
    transactions: { amount: { gte: 10, in: [10, 20] }, status: 'paid', deleted_at: { isNull: true } },
  },
};

export const requests: ExportRequest[] = [
  rows,
  { tables: ['transactions'], format: 'xlsx', options: { compression: 'gzip' } },
  { board: 'id', format: 'pdf' },
  { event: 'id', format: 'xlsx', one_time: false },
];

/** An operation has a name, and the types of its body and answers. */
export function created(
  answer: operations['createDataExport']['responses'][201]['content']['application/json'],
): string {
  return answer.id;
}

/** Every route is typed. */
export async function dataTypes(client: ExportClient): Promise<string[]> {
  const { data } = await client.api.GET('/api/v1/exports/data-types');
  return (data?.results ?? []).map(({ name }) => name);
}

export function waitingTime(error: unknown): number {
  return error instanceof RateLimitedError ? (error.retryAfterSeconds ?? 60) : 0;
}

export const clients: ExportClient[] = [
  createClient({ baseUrl: 'https://exports.example.org', token: () => Promise.resolve('token') }),
  createClient({ baseUrl: 'https://exports.example.org', customer: { id: 'id', secret: 'secret' } }),
];

type Filters = components['schemas']['DataExportBody']['filters'];

// @ts-expect-error: there is no such operator
export const unknownOperator: Filters = { transactions: { amount: { greater: 10 } } };

// @ts-expect-error: there is no such code
export const unknownCode: Problem['code'] = 'no-such-code';

// @ts-expect-error: a board is not exported as CSV
export const wrongFormat: ExportRequest = { board: 'id', format: 'csv' };

// @ts-expect-error: rows that are streamed have no file
export const streamed: ExportRequest = { type: 'realtime', format: 'csv' };
