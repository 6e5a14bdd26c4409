// Reads the Parquet files that are named on its input, one a line, with two implementations that are not ours, and prints what they
// say of each as a line of JSON: each value as PostgreSQL would write it. A process of its own, because jest cannot load either.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { DuckDBInstance } from '@duckdb/node-api';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/** @typedef {import('hyparquet').SchemaElement} Column */

const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
await connection.run(`SET TimeZone = 'UTC'`);
for await (const path of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await reportOn(path))}\n`);
}

/** @param {string} path */
async function reportOn(path) {
  const bytes = readFileSync(path);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const metadata = parquetMetadata(file);
  const columns = metadata.schema.slice(1).map((element) => ({ ...element }));
  return {
    columns: columns.map(({ name, type, converted_type, logical_type, precision, scale }) => {
      return { name, type, converted: converted_type, logical: logical_type?.type, precision, scale };
    }),
    rowGroups: metadata.row_groups.map(({ num_rows }) => Number(num_rows)),
    codecs: [...new Set(metadata.row_groups.flatMap(({ columns }) => columns.map((one) => one.meta_data?.codec)))],
    metadata: Object.fromEntries((metadata.key_value_metadata ?? []).map(({ key, value }) => [key, value])),
    hyparquet: await readWithHyparquet(file, metadata, columns),
    duckdb: await readWithDuckDb(path),
  };
}

/** @param {ArrayBuffer} file @param {import('hyparquet').FileMetaData} metadata @param {Column[]} columns */
async function readWithHyparquet(file, metadata, columns) {
  // It would make inexact numbers of decimals: without their type it gives their digits.
  for (const element of metadata.schema.filter(({ converted_type }) => converted_type === 'DECIMAL')) {
    delete element.converted_type;
    delete element.logical_type;
  }
  const text = new TextDecoder('utf8', { fatal: true, ignoreBOM: true });
  const parsers = {
    dateFromDays: (/** @type {number} */ days) => days,
    timestampFromMicroseconds: (/** @type {bigint} */ micros) => micros,
    stringFromBytes: (/** @type {Uint8Array} */ one) => one,
    jsonFromBytes: (/** @type {Uint8Array} */ one) => one && text.decode(one),
  };
  const rows = await parquetReadObjects({ file, metadata, compressors, parsers, utf8: false });
  return rows.map((row) => columns.map((column) => toText(row[column.name], column)));
}

/** @param {any} value @param {Column} column @returns {string | null} as PostgreSQL writes it */
function toText(value, { converted_type, logical_type, scale }) {
  if (value === null || value === undefined) return null;
  if (converted_type === 'DECIMAL') return decimalText(value, scale ?? 0);
  if (converted_type === 'DATE') return dateText(BigInt(value));
  if (converted_type === 'TIMESTAMP_MICROS') return momentText(value, isInUtc(logical_type) ? '+00' : '');
  if (value instanceof Uint8Array) {
    if (converted_type === 'UTF8') return new TextDecoder('utf8', { fatal: true, ignoreBOM: true }).decode(value);
    return `\\x${Buffer.from(value).toString('hex')}`;
  }
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  return String(value);
}

/** @param {Column['logical_type']} type */
function isInUtc(type) {
  return type?.type === 'TIMESTAMP' && type.isAdjustedToUTC;
}

/** @param {any} value @param {number} scale */
function decimalText(value, scale) {
  let digits = value;
  if (value instanceof Uint8Array)
    digits = BigInt.asIntN(value.length * 8, BigInt(`0x${Buffer.from(value).toString('hex')}`));
  const unsigned = String(digits)
    .replace('-', '')
    .padStart(scale + 1, '0');
  const sign = String(digits).startsWith('-') ? '-' : '';
  return scale === 0 ? sign + unsigned : `${sign}${unsigned.slice(0, -scale)}.${unsigned.slice(-scale)}`;
}

/** The civil date of a number of days since 1970, in the Gregorian calendar of all times. @param {bigint} days */
function dateText(days) {
  const shifted = days + 719468n;
  const era = (shifted >= 0n ? shifted : shifted - 146096n) / 146097n;
  const dayOfEra = shifted - era * 146097n;
  const yearOfEra = (dayOfEra - dayOfEra / 1460n + dayOfEra / 36524n - dayOfEra / 146096n) / 365n;
  const dayOfYear = dayOfEra - (365n * yearOfEra + yearOfEra / 4n - yearOfEra / 100n);
  const shiftedMonth = (5n * dayOfYear + 2n) / 153n;
  const day = dayOfYear - (153n * shiftedMonth + 2n) / 5n + 1n;
  const month = shiftedMonth < 10n ? shiftedMonth + 3n : shiftedMonth - 9n;
  const year = yearOfEra + era * 400n + (month <= 2n ? 1n : 0n);
  const [shown, suffix] = year > 0n ? [year, ''] : [1n - year, ' BC'];
  const two = (/** @type {bigint} */ number) => String(number).padStart(2, '0');
  return `${String(shown).padStart(4, '0')}-${two(month)}-${two(day)}${suffix}`;
}

/** @param {bigint} micros @param {string} offset */
function momentText(micros, offset) {
  const perDay = 86_400_000_000n;
  let days = micros / perDay;
  let rest = micros % perDay;
  if (rest < 0n) [days, rest] = [days - 1n, rest + perDay];
  const time = new Date(Number(rest / 1000n)).toISOString().slice(11, 19);
  const fraction = String(rest % 1_000_000n)
    .padStart(6, '0')
    .replace(/0+$/, '');
  const [, date, suffix] = /^(\S+)( BC)?$/.exec(dateText(days)) ?? [];
  return `${date} ${time}${fraction === '' ? '' : `.${fraction}`}${offset}${suffix ?? ''}`;
}

/** @param {string} path */
async function readWithDuckDb(path) {
  const literal = `'${path.replaceAll("'", "''")}'`;
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${literal}`);
  const types = described.getRows().map(([, type]) => String(type));
  const names = described.getRows().map(([name]) => `"${String(name).replaceAll('"', '""')}"`);
  const values = names.map((name, index) =>
    types[index] === 'BLOB' ? `'\\x' || lower(hex(${name}))` : `${name}::VARCHAR`,
  );
  const rows = await connection.runAndReadAll(`SELECT ${values.join(', ')} FROM ${literal}`);
  return rows
    .getRows()
    .map((row) => row.map((value, index) => (value === null ? null : duckText(String(value), types[index] ?? ''))));
}

/** @param {string} value @param {string} type */
function duckText(value, type) {
  if (/^(FLOAT|DOUBLE)$/.test(type)) {
    const number = Number(value.replace('inf', 'Infinity').replace('nan', 'NaN'));
    return Object.is(number, -0) ? '-0' : String(type === 'FLOAT' ? Math.fround(number) : number);
  }
  if (!/^(DATE|TIMESTAMP)/.test(type) || !value.includes(' (BC)')) return value;
  return `${value.replace(' (BC)', '').replace('+00', '')}${type.includes('ZONE') ? '+00' : ''} BC`;
}
