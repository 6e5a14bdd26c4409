import { setTimeout as pause } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { Snapshot } from '../../src/platform/database/snapshot';
import { Sql, sql } from '../../src/platform/database/sql';
import { RenderingLaboratory } from '../support/rendering';

let laboratory: RenderingLaboratory;
beforeAll(async () => {
  laboratory = await RenderingLaboratory.create();
});
afterAll(() => laboratory.remove());

describe('a snapshot', () => {
  it('shows everything that was there at the moment that it names', async () => {
    await laboratory.sql('CREATE TABLE events (at timestamptz)');
    const client = await laboratory.pool.connect();
    const disturbed = afterEachQuery(client, async () => {
      await laboratory.sql('INSERT INTO events VALUES (clock_timestamp())');
      await pause(5);
    });

    const snapshot = await Snapshot.begin(disturbed, laboratory.pool, new AbortController().signal, 'UTC');

    try {
      const untilThen = sql`SELECT count(*) AS count FROM events WHERE at <= ${Sql.literal(snapshot.takenAt)}`;
      const [shown] = await snapshot.query(untilThen);
      const { rows } = await laboratory.pool.query(untilThen.text);
      expect(shown).toEqual(rows[0]);
    } finally {
      await snapshot.close();
    }
  });

  it('shows nothing that was committed after that moment', async () => {
    await laboratory.sql('CREATE TABLE later AS SELECT 1 AS id');
    const rows = sql`SELECT id FROM later`;

    await laboratory.inSnapshot('UTC', async (snapshot) => {
      await laboratory.sql('INSERT INTO later VALUES (2)', 'UPDATE later SET id = id + 10');

      expect(await snapshot.query(rows)).toEqual([{ id: 1 }]);
    });
  });

  it('has no expression compiled, whatever the database is set to', async () => {
    const asked = await laboratory.inSnapshot('UTC', (snapshot) => snapshot.setting('jit'));

    expect(asked).toBe('off');
  });

  it('shows values as they are, whatever the database has set for its own', async () => {
    await laboratory.sql('CREATE TABLE plain (id integer)');
    const values = sql`SELECT 'plain'::regclass::text AS name, 'int4range'::regtype::text AS type`;
    const client = await laboratory.pool.connect();
    await client.query('SET quote_all_identifiers = on');

    const snapshot = await Snapshot.begin(client, laboratory.pool, new AbortController().signal, 'UTC');

    try {
      expect(await snapshot.query(values)).toEqual([{ name: 'plain', type: 'int4range' }]);
    } finally {
      await snapshot.close();
      await laboratory.pool.query('RESET quote_all_identifiers');
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
