import { printable } from './printable.js';

export interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** Prints for people on a terminal, and JSON lines otherwise. */
export class Output {
  /** Whether results are JSON lines. */
  readonly isJson: boolean;

  /** @param asksForJson whether the command line has `--json` */
  constructor(
    private readonly streams: Streams,
    private readonly asksForJson: boolean,
  ) {
    this.isJson = asksForJson || !streams.stdout.isTTY;
  }

  /** Whether bars may be drawn on the error output. */
  get hasTerminal(): boolean {
    return this.streams.stderr.isTTY && !this.asksForJson;
  }

  /** Prints a result: as text for people, or as a line of JSON. */
  result(value: unknown, toText: () => string): void {
    this.streams.stdout.write(this.isJson ? `${JSON.stringify(value)}\n` : `${toText()}\n`);
  }

  /** Prints a text of the service exactly; on a terminal without control characters. */
  document(text: string): void {
    const { stdout } = this.streams;
    stdout.write(stdout.isTTY ? `${printable(text.trimEnd())}\n` : text);
  }

  /** Prints a list: as a table for people, or a line of JSON for each item. */
  list<Item>(items: readonly Item[], columns: Columns<Item>, nothing: string): void {
    if (this.isJson) for (const item of items) this.streams.stdout.write(`${JSON.stringify(item)}\n`);
    else this.streams.stdout.write(items.length === 0 ? `${nothing}\n` : `${formatTable(items, columns)}\n`);
  }

  /** Tells people what happens, beside the results. */
  note(text: string): void {
    if (!this.asksForJson) this.streams.stderr.write(`${printable(text)}\n`);
  }

  error(text: string, json: object): void {
    const line = this.asksForJson
      ? JSON.stringify({ error: json })
      : `export-service: ${text.split('\n').map(printable).join('\n')}`;
    this.streams.stderr.write(`${line}\n`);
  }
}

/** The cell of each column, by heading. */
export type Columns<Item> = Readonly<Record<string, (item: Item) => Cell>>;

function formatTable<Item>(items: readonly Item[], columns: Columns<Item>): string {
  const cells = Object.values(columns);
  return formatRows(
    Object.keys(columns),
    items.map((item) => cells.map((cell) => cell(item))),
  );
}

type Cell = string | number | null | undefined;

/** Rows of text in columns, below their headings. */
export function formatRows(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [headings, ...rows].map((row) => row.map((cell) => shorten(printable(String(cell ?? '–')))));
  const widths = headings.map((_, index) => Math.max(...lines.map((line) => displayWidth(line[index] ?? ''))));
  const pad = (cell: string, index: number) => cell + ' '.repeat((widths[index] ?? 0) - displayWidth(cell));
  return lines.map((line) => line.map(pad).join('  ').trimEnd()).join('\n');
}

const MAX_CELL_WIDTH = 60;

function shorten(text: string): string {
  const characters = splitCharacters(text);
  return characters.length > MAX_CELL_WIDTH ? `${characters.slice(0, MAX_CELL_WIDTH - 1).join('')}…` : text;
}

/** Lines of `name  value`, without those that have no value. */
export function formatFields(fields: Readonly<Record<string, unknown>>): string {
  const present = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined && value !== '');
  const longest = Math.max(...present.map(([name]) => name.length));
  return present.map(([name, value]) => `${name.padEnd(longest)}  ${printable(String(value))}`).join('\n');
}

const BYTES = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Such as `12.3 MB`. */
export function formatBytes(bytes: number | null | undefined): string | null {
  if (bytes == null) return null;
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${BYTES.format(bytes / 1000 ** power)} ${UNITS[power] ?? ''}`;
}

/** Such as `12,034`. */
export function formatCount(count: number | null | undefined): string | null {
  return count == null ? null : BYTES.format(count);
}

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\uff01-\uff60\p{Emoji_Presentation}]/u;
const SEGMENTER = new Intl.Segmenter();

/** How many columns a text has on a terminal: East Asian characters and emoji have two. */
function displayWidth(text: string): number {
  return splitCharacters(text).reduce((width, character) => width + (WIDE.test(character) ? 2 : 1), 0);
}

/** The characters that a reader sees, with their combining marks. */
function splitCharacters(text: string): string[] {
  return Array.from(SEGMENTER.segment(text), ({ segment }) => segment);
}
