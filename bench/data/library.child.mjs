// @ts-check
// node library.child.mjs csv|json|xlsx <database> <query> <file>; prints the most memory it had, in bytes.
import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import pg from 'pg';
import QueryStream from 'pg-query-stream';
import XlsxWriteStream from 'xlsx-write-stream';

const batchSize = 1000;

/** @type {Record<string, () => NodeJS.ReadWriteStream>} */
const makers = {
  csv: () => stringify({ header: true, cast: { date: (date) => date.toISOString(), boolean: String } }),
  json: () => {
    let separator = '[\n';
    return new Transform({
      writableObjectMode: true,
      transform(row, _, done) {
        done(null, separator + JSON.stringify(row));
        separator = ',\n';
      },
      flush: (done) => done(null, '\n]\n'),
    });
  },
  xlsx: () => new XlsxWriteStream({ shouldFormat: true }),
};

/** It knows texts, numbers and dates. */
const cells = new Transform({
  objectMode: true,
  transform: (row, _, done) => done(null, Object.values(row).map(cellOf)),
});

const [format = '', databaseUrl, query = '', path = ''] = process.argv.slice(2);
const make = makers[format];
if (!make) throw new Error(`There is no library for ${format}`);
const client = new pg.Client({ connectionString: databaseUrl });
await client.connect();
const rows = client.query(new QueryStream(query, [], { batchSize }));
const steps = format === 'xlsx' ? [cells, make()] : [make()];
await pipeline([rows, ...steps, createWriteStream(path)]);
await client.end();
console.log(process.resourceUsage().maxRSS * 1024);

/** @param {unknown} value */
function cellOf(value) {
  if (value === null) return '';
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'object' && !(value instanceof Date) ? JSON.stringify(value) : value;
}
