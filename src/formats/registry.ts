import type { FieldError } from '../platform/errors/domain-error';
import type { ContentKind } from './content';
import { CsvWriter } from './csv/csv.writer';
import { JsonWriter } from './json/json.writer';
import { NdjsonWriter } from './json/ndjson.writer';
import { describeAllowed, type ExportOptions, type FormatOption, isAllowed } from './options';
import { ParquetWriter } from './parquet/parquet.writer';
import { PdfWriter } from './pdf/pdf.writer';
import { PngWriter } from './png/png.writer';
import type { PreviewReader, RowsPreview } from './preview';
import { decompressed, GZIP } from './text-file';
import { SvgWriter } from './svg/svg.writer';
import type { FormatWriter } from './writer';
import { XlsxWriter } from './xlsx/xlsx.writer';
import { XmlWriter } from './xml/xml.writer';

/** Every format, in the order in which the API lists them. A new format is one folder and one line here. */
export const WRITERS = [
  new PngWriter(),
  new PdfWriter(),
  new SvgWriter(),
  new JsonWriter(),
  new NdjsonWriter(),
  new CsvWriter(),
  new XlsxWriter(),
  new XmlWriter(),
  new ParquetWriter(),
] as const;

export type ExportFormat = (typeof WRITERS)[number]['format'];

type RegisteredWriter = FormatWriter & { readonly format: ExportFormat };

const ALL: readonly RegisteredWriter[] = WRITERS;

export const EXPORT_FORMATS: readonly ExportFormat[] = ALL.map(({ format }) => format);

/** The formats of a kind of content. */
export function formatsOf(content: ContentKind): ExportFormat[] {
  return writersOf(content).map(({ format }) => format);
}

/** The formats of a kind of content that can be an HTTP response, with their media types. */
export function streamableFormatsOf(content: ContentKind): { format: ExportFormat; mediaType: string }[] {
  return writersOf(content)
    .filter(({ isStreamable }) => isStreamable)
    .map(({ format, contentType }) => ({ format, mediaType: contentType.replace(/;.*/, '') }));
}

/** The formats of rows whose files can be divided. */
export function divisibleFormats(): ExportFormat[] {
  return writersOf('relations')
    .filter(({ isDivisible }) => isDivisible)
    .map(({ format }) => format);
}

/** For each format, which of these kinds of content it accepts; formats that accept none are absent. */
export function acceptedContents<Kind extends ContentKind>(
  ...kinds: readonly Kind[]
): Partial<Record<ExportFormat, Kind[]>> {
  const accepted = ALL.map(({ format, accepts }) => [format, kinds.filter((kind) => accepts.includes(kind))] as const);
  return Object.fromEntries(accepted.filter(([, contents]) => contents.length > 0));
}

/** A written file. */
export interface WrittenFile {
  readonly format: ExportFormat;
  readonly contentType: string;
  readonly options: ExportOptions;
  /** The first bytes, read as far as needed. */
  readonly start: AsyncIterable<Uint8Array>;
  /** Whether `start` has all bytes. */
  readonly isWhole: boolean;
}

/**
 * Reads the first rows of a file, and no more of it than they need.
 * @returns `null` when there is no preview of such a file
 */
export function previewRows(
  { format, contentType, options, start, isWhole }: WrittenFile,
  { maxRows, maxBytes }: { readonly maxRows: number; readonly maxBytes: number },
): Promise<RowsPreview> | null {
  const writer = ALL.find((one) => one.format === format);
  if (!writer || ![writer.contentType, GZIP].includes(contentType)) return null;
  const reader = writer.readPreview?.(options, maxRows);
  if (!reader) return null;
  const body = contentType === GZIP ? decompressed(start) : start;
  return readStart(reader, body, { isWhole, maxBytes });
}

async function readStart(
  reader: PreviewReader,
  body: AsyncIterable<Uint8Array>,
  { isWhole, maxBytes }: { readonly isWhole: boolean; readonly maxBytes: number },
): Promise<RowsPreview> {
  let left = maxBytes;
  for await (const chunk of body) {
    reader.write(chunk.subarray(0, left));
    if (reader.isDone || chunk.length > left) return reader.end(false);
    left -= chunk.length;
  }
  return reader.end(isWhole);
}

/** An option as the API offers it for a kind of content. */
export interface OfferedOption {
  readonly name: string;
  /** Of the first format that has it, with the values of all. */
  readonly option: FormatOption;
  readonly formats: readonly ExportFormat[];
}

/** The options of all formats for a kind of content. @throws Error if formats declare a name with different types */
export function optionsOf(content: ContentKind): OfferedOption[] {
  const offered = new Map<string, OfferedOption>();
  for (const writer of writersOf(content)) {
    for (const [name, option] of Object.entries(writer.options)) {
      if (option.appliesTo && !option.appliesTo.includes(content)) continue;
      const known = offered.get(name);
      offered.set(name, {
        name,
        option: known ? merge(name, known.option, option) : option,
        formats: [...(known?.formats ?? []), writer.format],
      });
    }
  }
  return [...offered.values()];
}

/**
 * What is wrong with the options of a request: unknown options, values that are not allowed, options of other formats.
 * @param format `null` if the format is unknown too
 * @param extra names of options that are not of a format
 */
export function findOptionErrors(
  options: ExportOptions,
  content: ContentKind,
  format: ExportFormat | null,
  extra: readonly string[] = [],
): FieldError[] {
  const offered = optionsOf(content);
  return Object.entries(options).flatMap(([name, value]): FieldError[] => {
    if (value === undefined || extra.includes(name)) return [];
    const found = offered.find((one) => one.name === name);
    if (!found) {
      const known = [...offered.map((one) => one.name), ...extra].join(', ');
      return [{ field: name, message: `is not an option; the options are ${known}`, code: 'unknown-option' }];
    }
    const option = ALL.find((writer) => writer.format === format)?.options[name] ?? found.option;
    if (!isAllowed(option, value)) return [{ field: name, message: `must be ${describeAllowed(option)}` }];
    if (format === null || found.formats.includes(format)) return [];
    return [{ field: name, message: `is not an option of ${format}, only of ${found.formats.join(', ')}` }];
  });
}

/** What is wrong with the options for a file of several tables. */
export function findSeveralTablesErrors(options: ExportOptions, format: ExportFormat): FieldError[] {
  const declared = ALL.find((writer) => writer.format === format)?.options ?? {};
  return Object.entries(declared).flatMap(([name, { refusedForSeveralTables: message }]) =>
    message === undefined || options[name] === undefined ? [] : [{ field: name, message }],
  );
}

function writersOf(content: ContentKind): RegisteredWriter[] {
  return ALL.filter(({ accepts }) => accepts.includes(content));
}

function merge(name: string, one: FormatOption, other: FormatOption): FormatOption {
  if (one.type === 'boolean' && other.type === 'boolean') return one;
  if (one.type === 'choice' && other.type === 'choice') {
    return { ...one, values: [...new Set([...one.values, ...other.values])] };
  }
  throw new Error(`Two formats declare the option ${name} with different types`);
}
