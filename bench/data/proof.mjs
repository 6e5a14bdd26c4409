// @ts-check
// Proves a file right after it was timed: PostgreSQL loads it, and its rows are compared with the table's.
import { spawn } from 'node:child_process';
import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from } from 'pg-copy-streams';

const columns = 'id, amount, title, details, is_active, created_at, quantity, note';

/** Lines as they are: no character of the text has a meaning. */
const linesAsTheyAre = String.raw`(FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01')`;

/** The row that a line of XML has, by the parser of PostgreSQL. */
const xmlRows = `XMLTABLE('/row' PASSING (replace(line, 'xsi:nil', 'nil')::xml) COLUMNS ${[
  ['id', 'uuid'],
  ['amount', 'numeric'],
  ['title', 'text'],
  ['details', 'jsonb'],
  ['is_active', 'boolean'],
  ['created_at', 'timestamptz'],
  ['quantity', 'int'],
  ['note', 'text'],
]
  .map(([name, type]) => `${name} ${type} PATH '${name}[not(@nil)]'`)
  .join(', ')})`;

/** The sum of hashes of all rows, which says whether two tables have the same rows, however they are ordered. */
const hashOf = (/** @type {string} */ source, title = 'title') =>
  `SELECT count(*)::int AS rows, sum(hashtextextended(ROW(${columns.replace('title', title)})::text, 0)::numeric)::text AS hash FROM ${source}`;

/**
 * @param {import('../support/environment.mjs').BenchEnvironment} environment
 * @param {import('../../dev/service/client.mjs').ExportRecord} record of a table of the benchmarks
 * @param {string} table
 * @throws Error if the file does not have exactly the rows of the table
 */
export async function prove({ databaseUrl, storage }, record, table) {
  const folder = join(storage, 'exports', record.id);
  const [name = ''] = readdirSync(folder);
  await proveFile(databaseUrl, join(folder, name), record.format, table);
}

/**
 * As `prove`, for an export of several CSV files.
 * @param {import('../support/environment.mjs').BenchEnvironment} environment
 * @param {import('../../dev/service/client.mjs').ExportRecord} record
 * @param {string} table
 */
export async function proveParts({ databaseUrl, storage }, record, table) {
  const folder = join(storage, 'exports', record.id);
  let [rows, hash] = [0, 0n];
  for (const name of readdirSync(folder)) {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    const part = await load(client, join(folder, name), 'csv', table).finally(() => client.end());
    rows += part.rows;
    hash += BigInt(part.hash ?? 0);
  }
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const [wanted] = (await client.query(hashOf(table)).finally(() => client.end())).rows;
  if (rows !== wanted.rows || hash !== BigInt(wanted.hash)) {
    throw new Error(
      `The files do not have the rows of ${table}: ${JSON.stringify({ wanted, rows, hash: String(hash) })}`,
    );
  }
}

/** @param {string} databaseUrl @param {string} path @param {string} format @param {string} table */
export async function proveFile(databaseUrl, path, format, table) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const wanted = (await client.query(hashOf(table))).rows[0];
    const found = format === 'xlsx' ? { rows: await countSheetRows(path) } : await load(client, path, format, table);
    const isRight = found.rows === wanted.rows && (found.hash === undefined || found.hash === wanted.hash);
    if (!isRight) throw new Error(`${path} does not have the rows of ${table}: ${JSON.stringify({ wanted, found })}`);
  } finally {
    await client.end();
  }
}

/**
 * @param {pg.Client} client
 * @param {string} path
 * @param {string} format
 * @param {string} table
 * @returns {Promise<{ rows: number, hash?: string }>}
 */
async function load(client, path, format, table) {
  if (format === 'csv') {
    await client.query(`CREATE TEMP TABLE loaded (LIKE ${table})`);
    await pipeline(createReadStream(path), client.query(from('COPY loaded FROM STDIN (FORMAT csv, HEADER)')));
    // A formula was neutralised by an apostrophe, or not.
    return (await client.query(hashOf('loaded', `regexp_replace(title, '^''=', '=')`))).rows[0];
  }
  const lines = format === 'parquet' ? Readable.from(parquetLines(path)) : rowLines(path, format);
  await client.query('CREATE TEMP TABLE loaded (line text)');
  await pipeline(lines, client.query(from(`COPY loaded FROM STDIN ${linesAsTheyAre}`)));
  const rows =
    format === 'xml' ? `loaded, ${xmlRows}` : `loaded, jsonb_populate_record(NULL::${table}, line::jsonb) AS row`;
  return (await client.query(hashOf(rows))).rows[0];
}

/** The lines that have rows, alone, of our JSON, NDJSON and XML. @param {string} path @param {string} format */
function rowLines(path, format) {
  const begin = format === 'xml' ? '<row>' : '{"id"';
  let rest = '';
  const take = (/** @type {string[]} */ lines) =>
    lines
      .map((line) => (line.startsWith(',') ? line.slice(1) : line))
      .filter((line) => line.startsWith(begin))
      .map((line) => `${line.replace(/[\],]*$/, '')}\n`)
      .join('');
  return createReadStream(path, { encoding: 'utf8' }).pipe(
    new Transform({
      decodeStrings: false,
      transform(chunk, _, done) {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        done(null, take(lines));
      },
      flush(done) {
        done(null, take([rest]));
      },
    }),
  );
}

const parquetBatch = 20_000;

/** Each row as a line of JSON, by a reader that is not ours. @param {string} path */
async function* parquetLines(path) {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  for (let rowStart = 0; rowStart < Number(metadata.num_rows); rowStart += parquetBatch) {
    const rows = await parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd: rowStart + parquetBatch });
    yield rows.map((row) => `${JSON.stringify(row, plainValue)}\n`).join('');
  }
}

/** @param {string} _ @param {unknown} value */
const plainValue = (_, value) => (typeof value === 'bigint' ? value.toString() : value);

/** A spreadsheet program takes minutes for a million rows: here they are counted. @param {string} path */
async function countSheetRows(path) {
  const unzip = spawn('unzip', ['-p', path, 'xl/worksheets/sheet1.xml'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let [rows, rest] = [0, ''];
  for await (const chunk of unzip.stdout) {
    const text = rest + chunk.toString('latin1');
    rows += text.split('<row').length - 1;
    rest = text.slice(-3);
  }
  // The header is a row as well.
  return rows - 1;
}
