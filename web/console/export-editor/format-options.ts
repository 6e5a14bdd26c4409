import type { components } from '@export-service/client';

export type RowsFormat = components['schemas']['DataExportBody']['format'];

/** The formats of rows, the one for most people first. */
export const ROWS_FORMATS = [
  'xlsx',
  'csv',
  'parquet',
  'json',
  'ndjson',
  'xml',
] as const satisfies readonly RowsFormat[];

interface FlagOption {
  readonly kind: 'flag';
  readonly formats: readonly RowsFormat[];
}
interface ChoiceOption {
  readonly kind: 'choice';
  readonly formats: readonly RowsFormat[];
  readonly values: readonly string[];
  /** What leaving it out means; undefined where that is a choice of its own. */
  readonly default?: string;
  /** It is refused for a file of several tables in these formats. */
  readonly oneTableOnly?: readonly RowsFormat[];
}

/** The options that formats have of their own. A test compares them with the description of the API. */
export const FORMAT_OPTIONS = {
  delimiter: { kind: 'choice', formats: ['csv'], values: [',', ';', '|', '\t'], default: ',' },
  bom: { kind: 'flag', formats: ['csv'] },
  raw: { kind: 'flag', formats: ['csv', 'xlsx'] },
  compression: {
    kind: 'choice',
    formats: ['json', 'ndjson', 'csv', 'xml'],
    values: ['gzip'],
    oneTableOnly: ['csv'],
  },
} as const satisfies Record<string, FlagOption | ChoiceOption>;
export type FormatOptionName = keyof typeof FORMAT_OPTIONS;

/** Values by name. What is absent has its default. */
export type OptionValues = Readonly<Partial<Record<FormatOptionName, string | boolean>>>;

export function optionsOf(format: RowsFormat, tables: number): FormatOptionName[] {
  return (Object.keys(FORMAT_OPTIONS) as FormatOptionName[]).filter((name) => {
    const option: FlagOption | ChoiceOption = FORMAT_OPTIONS[name];
    const isRefused = tables > 1 && option.kind === 'choice' && option.oneTableOnly?.includes(format) === true;
    return option.formats.includes(format) && !isRefused;
  });
}

/** The options that the format has, without those that have their default. */
export function toOptions(values: OptionValues, format: RowsFormat, tables: number): OptionValues {
  const set = optionsOf(format, tables).flatMap((name) => {
    const [value, option]: [string | boolean | undefined, FlagOption | ChoiceOption] = [
      values[name],
      FORMAT_OPTIONS[name],
    ];
    const usual = option.kind === 'flag' ? false : (option.default ?? '');
    return value === undefined || value === usual || value === '' ? [] : [[name, value] as const];
  });
  return Object.fromEntries(set);
}
