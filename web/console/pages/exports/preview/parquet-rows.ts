import type { ColumnMetaData, FileMetaData, ParquetParsers, RowGroup, SchemaElement } from 'hyparquet';
import { toCellText } from './parquet-values';
import type { ShownRows } from './shown-rows';

/** A file of which parts are read. */
export interface FileParts {
  /** Bytes. */
  readonly size: number;
  /** @param end exclusive */
  read(start: number, end: number): Promise<ArrayBuffer>;
}

/** The pages of a row group are read whole, for few rows as for many: columns that need more bytes are left out. */
export const MAX_ROWS_BYTES = 8 * 1024 * 1024;
/** The footer of most files is smaller; the rest of a larger one is read as well. */
const FOOTER_BYTES = 64 * 1024;

/** UTF-16 units of a cell, as in the previews that the service makes. */
const MAX_CELL_LENGTH = 1000;

/** The metadata of the file under which a JSON object has the type of each column in PostgreSQL. */
const TYPES_KEY = 'postgresql.types';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Values as they are in the file: a `Date` has neither microseconds nor all years. */
const PARSERS: Partial<ParquetParsers> = {
  dateFromDays: (days) => days,
  timestampFromMicroseconds: (micros) => micros,
  stringFromBytes: toText,
  jsonFromBytes: toText,
};

interface Column {
  readonly element: SchemaElement;
  /** Bytes of the first row group. */
  readonly start: number;
  readonly end: number;
}

/**
 * Reads the first rows of a Parquet file: its footer, and the part of the first row group that has the columns.
 * @throws Error for a file that is not what the service writes
 */
export async function readParquetRows(file: FileParts, maxRows: number): Promise<ShownRows> {
  // Only few exports are Parquet.
  const { parquetMetadataAsync } = await import('hyparquet');
  const metadata = await parquetMetadataAsync(
    { byteLength: file.size, slice: (start, end = file.size) => file.read(start, end) },
    { initialFetchSize: FOOTER_BYTES, geoparquet: false },
  );
  const elements = metadata.schema.slice(1);
  const types = typesOf(metadata);
  const toShownColumn = ({ name }: SchemaElement) => ({ name, type: types[name] });
  const [group] = metadata.row_groups;
  if (!group) {
    return { columns: elements.map(toShownColumn), rows: [], isComplete: true, hasShortened: false, leftOut: 0 };
  }
  const columns = columnsWithin(MAX_ROWS_BYTES, elements, group);
  const rowEnd = Math.min(maxRows, Number(group.num_rows));
  const values = columns.length === 0 ? [] : await readValues(file, metadata, columns, rowEnd);
  const texts = values.map((row) => columns.map(({ element }, index) => toCellText(row[index], element)));
  const hasShortened = texts.some((row) => row.some((text) => text !== null && text.length > MAX_CELL_LENGTH));
  return {
    columns: columns.map(({ element }) => toShownColumn(element)),
    rows: texts.map((row) => row.map(toShown)),
    isComplete: BigInt(texts.length) === metadata.num_rows && !hasShortened,
    hasShortened,
    leftOut: elements.length - columns.length,
  };
}

/** The first columns, which are one range of the file. */
function columnsWithin(maxBytes: number, elements: readonly SchemaElement[], { columns }: RowGroup): Column[] {
  const located = elements.map((element, index) => {
    const chunk = columns[index]?.meta_data;
    if (!chunk) throw new Error(`The Parquet file does not say where the column ${element.name} is`);
    const start = startOf(chunk);
    return { element, start, end: start + Number(chunk.total_compressed_size) };
  });
  const start = located[0]?.start ?? 0;
  return located.filter(({ end }) => end - start <= maxBytes);
}

function startOf({ dictionary_page_offset: dictionary, data_page_offset: data }: ColumnMetaData): number {
  return Number(dictionary || data);
}

/** Reads all columns at once. @returns the values of each row */
async function readValues(
  file: FileParts,
  metadata: FileMetaData,
  columns: readonly Column[],
  rowEnd: number,
): Promise<unknown[][]> {
  const [{ parquetRead }, { decompress }] = await Promise.all([import('hyparquet'), import('fzstd')]);
  const start = Math.min(...columns.map((column) => column.start));
  const bytes = await file.read(start, Math.max(...columns.map(({ end }) => end)));
  return new Promise((resolve, reject) => {
    parquetRead({
      file: { byteLength: file.size, slice: (from, to = file.size) => bytes.slice(from - start, to - start) },
      metadata: withoutDecimals(metadata),
      columns: columns.map(({ element }) => element.name),
      rowEnd,
      compressors: { ZSTD: (input, length) => decompress(input, new Uint8Array(length)) },
      parsers: PARSERS,
      // Bytes are no text.
      utf8: false,
      geoparquet: false,
      onComplete: resolve,
    }).catch(reject);
  });
}

/** Decimals would become inexact numbers: without their type they are digits. */
function withoutDecimals(metadata: FileMetaData): FileMetaData {
  const schema = metadata.schema.map((element) => {
    if (element.converted_type !== 'DECIMAL') return element;
    const digits = { ...element };
    delete digits.converted_type;
    delete digits.logical_type;
    return digits;
  });
  return { ...metadata, schema };
}

function typesOf({ key_value_metadata: entries }: FileMetaData): Partial<Record<string, string>> {
  const types = entries?.find(({ key }) => key === TYPES_KEY)?.value;
  return types === undefined ? {} : (JSON.parse(types) as Record<string, string>);
}

function toText(bytes: Uint8Array | undefined): string | undefined {
  return bytes && decoder.decode(bytes);
}

function toShown(text: string | null): string | null {
  if (text === null || text.length <= MAX_CELL_LENGTH) return text;
  // Half of a surrogate pair is no character.
  return `${text.slice(0, MAX_CELL_LENGTH).replace(/[\ud800-\udbff]$/, '')}…`;
}
