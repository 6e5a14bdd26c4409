import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';

export interface TestDatabase {
  readonly url: string;
  /** Removes the database, together with connections that a test left open. */
  drop(): Promise<void>;
}

/** A migrated database of one's own: a copy of the template that global-setup.mjs made. */
export function createTestDatabase(): Promise<TestDatabase> {
  // Copies files, which is cheaper than writing every page to the log.
  return create(`TEMPLATE ${given('TEST_TEMPLATE_DATABASE')} STRATEGY file_copy`);
}

/** A database with nothing in it, in an encoding that PostgreSQL knows. */
export function createEmptyDatabase(encoding: string): Promise<TestDatabase> {
  return create(`TEMPLATE template0 LOCALE 'C' ENCODING '${encoding}'`);
}

/** A database with nothing in it, such as an operator makes for a new installation. */
export function createBlankDatabase(): Promise<TestDatabase> {
  return create('TEMPLATE template0');
}

async function create(manner: string): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer((client) => client.query(`CREATE DATABASE ${name} ${manner}`));
  const url = new URL(given('TEST_DATABASE_ADMIN_URL'));
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => dropDatabase(name) };
}

const CLOSING_MS = 2_000;

/**
 * Removes a database. Connections that are being closed have a moment to end: a client whose connection is ended by the
 * server in that moment reports an error without a listener.
 */
async function dropDatabase(name: string): Promise<void> {
  await onServer(async (client) => {
    const hasConnections = async () =>
      (await client.query('SELECT FROM pg_stat_activity WHERE datname = $1', [name])).rowCount !== 0;
    const deadline = Date.now() + CLOSING_MS;
    while (Date.now() < deadline && (await hasConnections())) await pause(10);
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  });
}

async function onServer(work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: given('TEST_DATABASE_ADMIN_URL') });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function given(variable: string): string {
  const value = process.env[variable];
  if (!value)
    throw new Error(`${variable} is not set: run the tests with \`npm test\`, which starts a database for them.`);
  return value;
}
