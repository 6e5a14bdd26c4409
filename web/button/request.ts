import type { ExportRequest } from '@export-service/client';

/** What the attributes of a button say. */
export interface ButtonSettings {
  readonly board: string;
  /** Ids, separated by commas. */
  readonly boards: string;
  readonly event: string;
  readonly dataTypes: string;
  readonly filters: object | null;
  readonly columns: object | null;
  readonly options: object | null;
  readonly oneTime: string;
}

/** @returns what the developer of the page must correct */
export function checkSettings(button: ButtonSettings): string | undefined {
  const { board, boards, event, dataTypes } = button;
  if ([board, boards, event, dataTypes].filter(Boolean).length !== 1) {
    return 'Set one of the attributes board, boards, event and data-types.';
  }
  const broken = (['filters', 'columns', 'options'] as const).find((name) => typeof button[name] === 'string');
  return broken && `The attribute ${broken} is not valid JSON.`;
}

/** @returns the value of a JSON attribute; its text where that is not valid, which `checkSettings` finds */
export function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return text;
  }
}

export function toRequest(settings: ButtonSettings, format: string): ExportRequest {
  return { ...toSubject(settings), format, ...(settings.options && { options: settings.options }) } as ExportRequest;
}

function toSubject({ board, boards, event, dataTypes, filters, columns, oneTime }: ButtonSettings): object {
  if (board) return { board };
  if (boards) return { boards: toList(boards) };
  if (event) return { event, ...(oneTime && { one_time: oneTime !== 'false' }) };
  const names = toList(dataTypes);
  return { type: 'partial', data_types: names, ...(filters && { filters }), ...(columns && { columns }) };
}

/** The words of a list with commas. */
export function toList(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);
}
