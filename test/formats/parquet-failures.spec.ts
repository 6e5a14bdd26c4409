import { basename } from 'node:path';
import type { Relation, Relations } from '../../src/formats';
import { ParquetWriter } from '../../src/formats/parquet/parquet.writer';
import { DomainError } from '../../src/platform/errors/domain-error';
import { childrenOf, memoryOf, programOf } from '../support/child-processes';
import { contentOf, RenderingDatabase } from '../support/rendering';
import { until } from '../support/until';

let rendering: RenderingDatabase;
beforeAll(async () => {
  rendering = await RenderingDatabase.create();
  await rendering.sql(
    `CREATE TABLE few AS SELECT n AS id FROM generate_series(1, 10) AS n`,
    `CREATE VIEW long AS SELECT n, repeat(md5(n::text), 10) AS hash FROM generate_series(1, 1000000) AS n`,
    `CREATE VIEW wide AS SELECT n, repeat(md5(n::text), 3000) AS hash FROM generate_series(1, 3000) AS n`,
    `CREATE TABLE large (id int, note text)`,
    `INSERT INTO large VALUES (1, repeat('secret', 3 * 1024 * 1024))`,
    `CREATE VIEW failing AS SELECT n, repeat(md5(n::text), 10) AS hash, 1 / (n - 150000) AS broken FROM generate_series(1, 200000) AS n`,
    `CREATE VIEW tall AS SELECT n, md5(n::text) AS hash FROM generate_series(1, 400000) AS n`,
  );
});
afterAll(() => rendering.remove());
afterEach(async () => {
  await until('no process is left', () => Promise.resolve(ownProcesses().length === 0), { within: 5_000 });
});

describe('The process that writes Parquet', () => {
  it.each(['node', 'cat'])('fails the attempt when its %s is killed', async (program) => {
    const error = await writeAll('long', {
      onBytes: () => {
        const victim = ownProcesses().find((pid) => nameOf(pid) === program);
        if (victim) process.kill(victim, 'SIGKILL');
      },
    });

    expect(error).toBeInstanceOf(Error);
    // It is repeated: only a DomainError would be final.
    expect(error).not.toBeInstanceOf(DomainError);
  });

  it('ends when its reader leaves', async () => {
    await rendering.inSnapshot('UTC', async (snapshot) => {
      const { body } = new ParquetWriter().write(await contentOf(snapshot, ['long']), {}, () => undefined);

      for await (const chunk of body) if (chunk.length > 0) break;
    });

    expect(ownProcesses()).toEqual([]);
    await until('no COPY runs', async () => (await runningCopies()) === 0, { within: 5_000 });
  });

  it('ends when the query fails midway', async () => {
    expect(String(await writeAll('failing'))).toContain('division by zero');
  });

  it('fails when the file has another number of rows than PostgreSQL sent', async () => {
    const error = await writeAll('few', { relation: (relation) => miscounted(relation, 11) });

    expect(String(error)).toContain('The Parquet file has 10 rows, but PostgreSQL sent 11');
  });

  it('fails finally when a row is too large, without a value of the row', async () => {
    const error = await writeAll('large');

    expect(error).toMatchObject({ kind: 'unprocessable', code: 'row-too-large' });
    expect(String(error)).toContain('Rows of "large" are too large for Parquet: a row may have 16 MB as text.');
  });

  it('fails finally when a value is not of the type of its column', async () => {
    const error = await writeAll('few', { relation: (relation) => mistyped(relation) });

    expect(error).toMatchObject({
      kind: 'unprocessable',
      code: 'value-not-written',
      message:
        'A value in "few" cannot be written as Parquet (Conversion Error). Choose another format, or leave its column out.',
    });
  });

  it('refuses to write where DuckDB is not installed', () => {
    const writer = new ParquetWriter(() => false);

    const expected = expect.objectContaining({ kind: 'unavailable', code: 'format-not-installed' }) as unknown;
    expect(() => {
      writer.requireInstallation();
    }).toThrow(expected as Error);
  });

  it.each(['tall', 'wide'])('keeps its memory bounded for %s rows', async (table) => {
    let peak = 0;
    const error = await writeAll(table, {
      onBytes: () => {
        for (const pid of ownProcesses()) if (nameOf(pid) === 'node') peak = Math.max(peak, memoryOf(pid));
      },
    });

    expect(error).toBeNull();
    expect(peak).toBeGreaterThan(50);
    expect(peak).toBeLessThan(600);
  });
});

/** @returns the error with which the body ended; `null` if it did not */
async function writeAll(
  table: string,
  {
    onBytes = () => undefined,
    relation = (one) => one,
  }: { onBytes?: () => void; relation?: (one: Relation) => Relation } = {},
): Promise<unknown> {
  return rendering.inSnapshot('UTC', async (snapshot) => {
    const content: Relations = await contentOf(snapshot, [table]);
    const relations = content.relations.map(relation);
    try {
      for await (const chunk of new ParquetWriter().write({ ...content, relations }, {}, () => undefined).body)
        if (chunk.length > 0) onBytes();
      return null;
    } catch (error) {
      return error;
    }
  });
}

/** A relation that says it sent another number of rows. */
function miscounted(relation: Relation, count: number): Relation {
  return {
    name: relation.name,
    section: relation.section,
    columns: relation.columns,
    rowCount: relation.rowCount,
    sample: (...asked) => relation.sample(...asked),
    render: (...asked) => {
      const rows = relation.render(...asked);
      return {
        [Symbol.asyncIterator]: () => rows[Symbol.asyncIterator](),
        count: () => count,
        settings: () => rows.settings(),
      };
    },
  };
}

/** A relation that says its numbers are UUIDs. */
function mistyped(relation: Relation): Relation {
  const columns = relation.columns.map((column) => ({ ...column, type: { ...column.type, name: 'uuid' } }));
  return { ...miscounted(relation, 10), columns };
}

async function runningCopies(): Promise<number> {
  const { rows } = await rendering.pool.query<{ count: string }>(
    `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE 'COPY%'`,
  );
  return Number(rows[0]?.count);
}

/** The processes below this one that belong to the writing of Parquet. */
function ownProcesses(): number[] {
  const shells = childrenOf(process.pid).filter((pid) => programOf(pid).includes('parquet.process.js'));
  return shells.flatMap((shell) => [shell, ...childrenOf(shell)]);
}

const nameOf = (pid: number) => basename(programOf(pid).split('\0')[0] ?? '');
