import { Client } from 'pg';
import type { Installation } from './installation';

export interface Stall {
  /** Lets everything that waits go on. */
  release(): Promise<void>;
}

const GATE = 4_711;

/** Blocks all reads of a table, like a long maintenance. */
export function stallReads(installation: Installation, table: string): Promise<Stall> {
  return lock(installation, table, 'ACCESS EXCLUSIVE');
}

/** Makes every change of a table wait, and lets it be read. */
export function stallWrites(installation: Installation, table: string): Promise<Stall> {
  return lock(installation, table, 'EXCLUSIVE');
}

async function lock({ database }: Installation, table: string, mode: string): Promise<Stall> {
  const holder = await connect(database.url);
  await holder.query('BEGIN');
  await holder.query(`LOCK TABLE ${table} IN ${mode} MODE`);
  return { release: () => holder.end() };
}

/**
 * Makes the database dwell on the updates of a table that meet the condition, so that a test can strike at that very step.
 * @param condition of SQL, about `OLD` and `NEW`
 */
export async function stallUpdates({ database }: Installation, condition: string, table = 'exports'): Promise<Stall> {
  const holder = await connect(database.url);
  await holder.query(`
    CREATE OR REPLACE FUNCTION wait_at_the_gate() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_advisory_xact_lock_shared(${GATE});
      RETURN NEW;
    END $$`);
  await holder.query(`
    CREATE OR REPLACE TRIGGER gate BEFORE UPDATE ON ${table} FOR EACH ROW
    WHEN (${condition}) EXECUTE FUNCTION wait_at_the_gate()`);
  await holder.query(`SELECT pg_advisory_lock(${GATE})`);
  return {
    async release() {
      await holder.query(`SELECT pg_advisory_unlock(${GATE})`);
      await holder.query(`DROP TRIGGER gate ON ${table}`);
      await holder.end();
    },
  };
}

async function connect(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
