// @ts-check
// node copy.child.mjs <database> <query> <file>
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { to } from 'pg-copy-streams';

const [databaseUrl, query, path = ''] = process.argv.slice(2);
const client = new pg.Client({ connectionString: databaseUrl });
await client.connect();
const rows = client.query(to(`COPY (${query}) TO STDOUT (FORMAT csv, HEADER)`));
await pipeline(rows, createWriteStream(path));
await client.end();
