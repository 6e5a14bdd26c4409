import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

export interface TestDatabase {
  readonly url: string;
  /** Removes the database, together with connections that a test left open. */
  drop(): Promise<void>;
}

/** A migrated database of one's own: a copy of the template that global-setup.mjs made. */
export function createTestDatabase(): Promise<TestDatabase> {
  return create(`TEMPLATE ${given('TEST_TEMPLATE_DATABASE')}`);
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
  await onServer(`CREATE DATABASE ${name} ${manner}`);
  const url = new URL(given('TEST_DATABASE_ADMIN_URL'));
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function onServer(statement: string): Promise<void> {
  const client = new Client({ connectionString: given('TEST_DATABASE_ADMIN_URL') });
  await client.connect();
  try {
    await client.query(statement);
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
