import type { Cell, ExportOptions, FormatWriter, Progress, Table, TableColumn } from '../../src/formats';
import { collect, type WrittenFile } from './rendering';

const MOMENT = new Date('2026-11-21T04:05:06.789Z');

/** Texts that break formats. None contains a lone surrogate. */
export const HOSTILE_TEXTS = [
  '',
  ' ',
  'null',
  'NULL',
  '\\N',
  '\\.',
  '  blanks around  ',
  'say "hi", it\'s;\ttab',
  '"',
  'line\nfeed',
  'carriage\rreturn',
  'both\r\n',
  '\n',
  'Їжак і ґанок, 👩‍👩‍👧‍👦 🇺🇦 𝒳 é é',
  'مرحبا بالعالم ‏2067',
  '你好，世界 中文',
  '\u202e עברית \u2067',
  '<a b="c">&amp; ]]> <![CDATA[ <!-- x --> </a>',
  '{"json": [1, "2"]}',
  '_x000D_ _x005F_ %00 \\u0000 &#0;',
  '_X000D_ _X005f_x000d_ _x0041\u0001',
  '\ufffd\u2028\u2029\ufeff\u0085\u00a0\u200b',
  '\ufeffmark',
  '=1+1',
  '+49 30 1234',
  "-cmd|' /C calc'!A0",
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '=',
  '-5.00',
  '+1e3',
  '-5.00  ',
  '1\n=2',
  '-1\n',
  '-infinity',
  '＝1+1',
  '＠SUM(A1)',
  'say r="A1" here',
  '\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u000b\u000c\u000e\u000f\u0010\u0011\u0012',
  '\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\u007f',
  '\ufffe\uffff',
  'a\u0080\u009fz',
] as const;

/** The texts that a spreadsheet would run as a formula. */
export const FORMULAS: ReadonlySet<string> = new Set([
  '=1+1',
  '+49 30 1234',
  "-cmd|' /C calc'!A0",
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '=',
  '-1\n',
  '-infinity',
  '\n',
  '-5.00  ',
  '＝1+1',
  '＠SUM(A1)',
]);

export const HOSTILE_DECIMALS = [
  '0',
  '-0',
  '-0.00',
  '12.50',
  '-12.50',
  '0.1',
  '1234567890123456789012345678.0123456789',
  '999999999999999',
  '1000000000000000',
  `0.${'0'.repeat(300)}1`,
  '9'.repeat(30),
  '123456789012.345',
  '100.000000000000000000',
];

export const HOSTILE_MOMENTS = [
  '2026-03-29T00:59:59.999Z',
  '2026-03-29T01:00:00.000Z',
  '2026-10-25T00:30:00.000Z',
  '1969-07-20T20:17:40.001Z',
  '1899-12-31T00:00:00.000Z',
  '1900-02-28T00:00:00.000Z',
  '1900-03-02T00:00:00.000Z',
  '-000043-03-15T12:00:00.000Z',
  '9999-12-30T00:00:00.000Z',
  '9999-12-31T23:59:59.999Z',
  '+012026-01-01T00:00:00.000Z',
];

const INTEGERS = [0, -1, 2 ** 31, -999_999_999_999_999, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];

export const HOSTILE_COLUMNS: readonly TableColumn[] = [
  { key: 'a_text', label: 'Name', type: 'text' },
  { key: '__proto__', label: 'Name', type: 'text' },
  { key: 'an_integer', label: '=1+1', type: 'integer' },
  { key: '7', label: 'a,"b"\nc', type: 'decimal' },
  { key: 'a_duration', label: '-5', type: 'duration' },
  { key: 'a_moment', label: 'Коли 👍', type: 'moment' },
];

/** The labels of these columns for moments in a time zone. */
export const hostileLabels = (zone: string): string[] => [
  'Name',
  'Name',
  '=1+1',
  'a,"b"\nc',
  '-5 (s)',
  `Коли 👍 (${zone})`,
];

/** The labels that a spreadsheet would run as a formula. */
export const HOSTILE_LABELS: ReadonlySet<string> = new Set(['=1+1', '-5 (s)']);

/** One column per type. The last row has only nulls. */
export const HOSTILE_ROWS: readonly (readonly Cell[])[] = [
  ...HOSTILE_TEXTS.map((text, index): Cell[] => [
    text,
    HOSTILE_TEXTS.at(-1 - index)!,
    INTEGERS[index] ?? null,
    HOSTILE_DECIMALS[index] ?? null,
    index,
    index in HOSTILE_MOMENTS ? new Date(HOSTILE_MOMENTS[index]!) : null,
  ]),
  HOSTILE_COLUMNS.map(() => null),
];

/** A table of these rows, read in batches of seven. */
export function tableOf(
  columns: readonly TableColumn[],
  rows: readonly (readonly Cell[])[],
  given: Partial<Table> = {},
): Table {
  return {
    kind: 'table',
    title: 'Results',
    facts: [],
    about: {},
    language: 'en',
    timeZone: 'UTC',
    takenAt: MOMENT.toISOString(),
    columns,
    rowCount: rows.length,
    warnings: [],
    async *rows() {
      await Promise.resolve();
      for (let start = 0; start < rows.length; start += 7) yield rows.slice(start, start + 7);
    },
    ...given,
  };
}

/** A table of texts with as many columns as the first row. */
export function textTable(rows: readonly (readonly Cell[])[], given: Partial<Table> = {}): Table {
  const columns = (rows[0] ?? []).map((_, index): TableColumn => {
    return { key: `c${index}`, label: `Column ${index}`, type: 'text' };
  });
  return tableOf(columns, rows, given);
}

/** A large table that counts its batches as they are read, and knows whether reading has stopped. */
export class LongTable {
  /** Rows per batch. */
  static readonly BATCH = 100;
  batches = 0;
  isClosed = false;

  /** @param row the value of every row, or a function that makes one */
  constructor(
    private readonly row: readonly string[] | (() => readonly string[]),
    private readonly rowCount: number,
    /** Reading throws after this many rows. */
    private readonly failsAfter = Infinity,
  ) {}

  get table(): Table {
    return textTable([this.rowOfOne()], { rowCount: this.rowCount, rows: () => this.rows() });
  }

  private rowOfOne(): readonly string[] {
    return typeof this.row === 'function' ? this.row() : this.row;
  }

  private async *rows(): AsyncGenerator<readonly (readonly Cell[])[]> {
    const batch = Array.from({ length: LongTable.BATCH }, () => this.rowOfOne());
    try {
      for (let done = 0; done < this.rowCount; done += batch.length) {
        await Promise.resolve();
        if (done >= this.failsAfter) throw new Error('The rows broke off');
        this.batches += 1;
        yield batch;
      }
    } finally {
      this.isClosed = true;
    }
  }
}

/** Writes a table. @returns the file and the reported progress */
export async function writeTable(
  writer: Pick<FormatWriter<'table'>, 'write'>,
  table: Table,
  options: ExportOptions = {},
): Promise<WrittenFile & { progress: Progress[] }> {
  const progress: Progress[] = [];
  const file = await collect(writer.write(table, options, (state) => progress.push(state)));
  return { ...file, progress };
}
