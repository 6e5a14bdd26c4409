import { setTimeout as pause } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { Snapshot } from '../../src/platform/database/snapshot';
import { Sql, sql } from '../../src/platform/database/sql';
import { RenderingDatabase } from '../support/rendering';

let rendering: RenderingDatabase;
beforeAll(async () => {
  rendering = await RenderingDatabase.create();
});
afterAll(() => rendering.remove());

describe('Snapshot', () => {
  it('shows everything that was committed before its moment', async () => {
    await rendering.sql('CREATE TABLE events (at timestamptz)');
    const client = await rendering.pool.connect();
    const disturbed = afterEachQuery(client, async () => {
      await rendering.sql('INSERT INTO events VALUES (clock_timestamp())');
      await pause(5);
    });

    const snapshot = await Snapshot.begin(disturbed, rendering.pool, new AbortController().signal, 'UTC');

    try {
      const untilThen = sql`SELECT count(*) AS count FROM events WHERE at <= ${Sql.literal(snapshot.takenAt)}`;
      const [shown] = await snapshot.query(untilThen);
      const { rows } = await rendering.pool.query(untilThen.text);
      expect(shown).toEqual(rows[0]);
    } finally {
      await snapshot.close();
    }
  });

  it('shows nothing that was committed after its moment', async () => {
    await rendering.sql('CREATE TABLE later AS SELECT 1 AS id');
    const rows = sql`SELECT id FROM later`;

    await rendering.inSnapshot('UTC', async (snapshot) => {
      await rendering.sql('INSERT INTO later VALUES (2)', 'UPDATE later SET id = id + 10');

      expect(await snapshot.query(rows)).toEqual([{ id: 1 }]);
    });
  });

  it('compiles no expressions, whatever the setting of the database', async () => {
    const requested = await rendering.inSnapshot('UTC', (snapshot) => snapshot.setting('jit'));

    expect(requested).toBe('off');
  });

  it('renders values independently of the settings of the database', async () => {
    await rendering.sql('CREATE TABLE plain (id integer)');
    const values = sql`SELECT 'plain'::regclass::text AS name, 'int4range'::regtype::text AS type`;
    const client = await rendering.pool.connect();
    await client.query('SET quote_all_identifiers = on');

    const snapshot = await Snapshot.begin(client, rendering.pool, new AbortController().signal, 'UTC');

    try {
      expect(await snapshot.query(values)).toEqual([{ name: 'plain', type: 'int4range' }]);
    } finally {
      await snapshot.close();
      await rendering.pool.query('RESET quote_all_identifiers');
    }
  });
});

/** A connection beside which something happens whenever it has answered. */
function afterEachQuery(client: PoolClient, happen: () => Promise<void>): PoolClient {
  return new Proxy(client, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      if (property !== 'query') return value.bind(target) as unknown;
      return async (...given: unknown[]) => {
        const answer: unknown = await (value.apply(target, given) as Promise<unknown>);
        await happen();
        return answer;
      };
    },
  });
}
