import { Client } from 'pg';
import type { TestDatabase } from './test-database';

/**
 * A clock of the test's own for a database: whoever connects from now on and asks it for `now()` is told this one's time. It goes
 * on by itself, as a clock does, and where it is moved to it goes on from there. `CURRENT_TIMESTAMP` and
 * `clock_timestamp()` stay what they are.
 */
export class SimulatedClock {
  private constructor(private readonly setter: Client) {}

  /** Puts the clock into a database to which no process of the service has connected yet. */
  static async install({ url }: TestDatabase, moment: Date): Promise<SimulatedClock> {
    const setter = new Client({ connectionString: url });
    setter.on('error', () => undefined);
    await setter.connect();
    await setter.query('CREATE SCHEMA simulated');
    await setter.query('CREATE TABLE simulated.clock (shows timestamptz NOT NULL, since timestamptz NOT NULL)');
    await setter.query('INSERT INTO simulated.clock VALUES ($1, pg_catalog.clock_timestamp())', [moment]);
    await setter.query(`
      CREATE FUNCTION simulated.now() RETURNS timestamptz STABLE LANGUAGE sql AS
      'SELECT shows + (pg_catalog.now() - since) FROM simulated.clock'`);
    const { rows } = await setter.query<{ name: string }>('SELECT quote_ident(current_database()) AS name');
    await setter.query(`ALTER DATABASE ${rows[0]!.name} SET search_path = simulated, pg_catalog, public`);
    return new SimulatedClock(setter);
  }

  async moveTo(moment: Date): Promise<void> {
    await this.setter.query('UPDATE simulated.clock SET shows = $1, since = pg_catalog.clock_timestamp()', [moment]);
  }

  async now(): Promise<Date> {
    const { rows } = await this.setter.query<{ now: Date }>('SELECT simulated.now() AS now');
    return rows[0]!.now;
  }

  async stop(): Promise<void> {
    await this.setter.end();
  }
}
