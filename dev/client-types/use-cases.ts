// What a client does with types that openapi-typescript generates from docs/openapi.json. It is compiled and never run.
import type { components, operations } from './schema';

type Export = components['schemas']['ExportResponse'];
type Problem = components['schemas']['ProblemResponse'];
type DataExportBody = components['schemas']['DataExportBody'];

/** The kind tells which options and filters there are. */
export function describe(record: Export): string {
  switch (record.kind) {
    case 'board':
      return `page ${record.options.page ?? 'all'} at ${record.options.pixel_ratio ?? 2}`;
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

/** An operation has a name, and the types of its body and answers. */
type CreateDataExport = operations['createDataExport'];

export const body: CreateDataExport['requestBody']['content']['application/json'] = {
  type: 'partial',
  format: 'csv',
  data_types: ['payments'],
  columns: { transactions: ['id', 'amount'] },
  filters: {
    dateFrom: '2026-01-01',
    transactions: { amount: { gte: 10, in: [10, 20] }, status: 'paid', deleted_at: { isNull: true } },
  },
};

export function created(answer: CreateDataExport['responses'][201]['content']['application/json']): string {
  return answer.id;
}

// @ts-expect-error: there is no such operator
export const unknownOperator: DataExportBody['filters'] = { transactions: { amount: { greater: 10 } } };

// @ts-expect-error: there is no such code
export const unknownCode: Problem['code'] = 'no-such-code';
