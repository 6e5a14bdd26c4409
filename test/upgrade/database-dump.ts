import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Client } from 'pg';

const ROWS_A_STATEMENT = 500;

/**
 * A database as SQL that any client can run: the statements that made its tables, then its rows. PostgreSQL's own program
 * for that is not part of the embedded server, so the tables are made as they were made: by the release's migrations.
 * @param build the checkout of the release that the database belongs to
 * @param objects statements that made what belongs to neither the release nor the queue, such as a view of the platform
 */
export async function dumpDatabase(url: string, build: string, objects: readonly string[]): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    // One moment for all tables.
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await client.query("SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL extra_float_digits = 1");
    const schema = [...releaseSchema(build), ...queueSchema(build), ...objects];
    const parts = ['BEGIN;', "SET LOCAL TimeZone = 'UTC';", ...schema.map((sql) => sql.trim().replace(/;?$/, ';'))];
    // Migrations bring rows of their own; those of that day are in the dump, changed or not.
    parts.push(await emptying(client));
    for (const table of await tablesOf(client)) parts.push(...(await rowsOf(client, table)));
    return [...parts, ...(await sequencesOf(client)), 'COMMIT;', ''].join('\n');
  } finally {
    await client.end();
  }
}

const LEDGER = `
  CREATE TABLE "_prisma_migrations" (
    id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
    migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

function releaseSchema(build: string): string[] {
  const folder = join(build, 'prisma/migrations');
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const files = names.map(({ name }) => join(folder, name, 'migration.sql')).sort();
  return [LEDGER, ...files.map((file) => readFileSync(file, 'utf8'))];
}

interface QueueMigration {
  readonly load: () => string;
}

/** As BullMQ makes it: its statements find their tables by the search path. */
function queueSchema(build: string): string[] {
  const path = join(build, 'node_modules/bullmq/dist/cjs/postgres/migrations/index.js');
  const { MIGRATIONS } = createRequire(path)(path) as { MIGRATIONS: readonly QueueMigration[] };
  const ledger = `
    CREATE TABLE migration (version integer PRIMARY KEY, name text NOT NULL, min_client_version integer NOT NULL,
                            applied_at timestamptz NOT NULL DEFAULT now())`;
  const migrations = MIGRATIONS.map(({ load }) => load());
  return [
    'CREATE SCHEMA bullmq',
    'SET LOCAL search_path TO bullmq',
    ledger,
    ...migrations,
    'SET LOCAL search_path TO public',
  ];
}

/** Empties every table but those that refuse it, which no migration writes to. */
async function emptying(client: Client): Promise<string> {
  const TRUNCATE_TRIGGER = 32;
  const { rows } = await client.query<{ name: string }>(
    `SELECT format('%I.%I', nspname, relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
     WHERE relkind IN ('r', 'p') AND NOT relispartition AND nspname IN ('public', 'bullmq')
       AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid AND tgtype & $1 <> 0)`,
    [TRUNCATE_TRIGGER],
  );
  return `TRUNCATE ${rows.map(({ name }) => name).join(', ')};`;
}

/** All tables, each behind those that it refers to. */
async function tablesOf(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; needs: string[] }>(`
    SELECT format('%I.%I', nspname, relname) AS name,
           array(SELECT DISTINCT confrelid::regclass::text FROM pg_constraint
                 WHERE contype = 'f' AND conrelid = c.oid AND confrelid <> c.oid) AS needs
    FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relkind IN ('r', 'p') AND NOT relispartition AND nspname IN ('public', 'bullmq') ORDER BY 1`);
  const qualified = (name: string) => (name.includes('.') ? name : `public.${name}`);
  const done: string[] = [];
  while (done.length < rows.length) {
    const ready = rows.filter(
      ({ name, needs }) => !done.includes(name) && needs.every((one) => done.includes(qualified(one))),
    );
    if (ready.length === 0) throw new Error('Tables refer to each other in a circle');
    done.push(...ready.map(({ name }) => name));
  }
  return done;
}

async function rowsOf(client: Client, table: string): Promise<string[]> {
  const { rows: columns } = await client.query<{ name: string; identity: string }>(
    `SELECT quote_ident(attname) AS name, attidentity AS identity FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`,
    [table],
  );
  const names = columns.map(({ name }) => name);
  const values = names.map((name) => `quote_nullable(${name}::text)`).join(', ');
  const { rows } = await client.query<{ line: string }>(
    `SELECT '(' || concat_ws(', ', ${values}) || ')' AS line FROM ${table}`,
  );
  const overriding = columns.some(({ identity }) => identity !== '') ? ' OVERRIDING SYSTEM VALUE' : '';
  const begin = `INSERT INTO ${table} (${names.join(', ')})${overriding} VALUES`;
  const statements: string[] = [];
  for (let at = 0; at < rows.length; at += ROWS_A_STATEMENT) {
    const lines = rows.slice(at, at + ROWS_A_STATEMENT).map(({ line }) => line);
    statements.push(`${begin}\n${lines.join(',\n')};`);
  }
  return statements;
}

async function sequencesOf(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ statement: string }>(`
    SELECT format('SELECT setval(%L, %s);', format('%I.%I', schemaname, sequencename), last_value) AS statement
    FROM pg_sequences WHERE schemaname IN ('public', 'bullmq') AND last_value IS NOT NULL`);
  return rows.map(({ statement }) => statement);
}
