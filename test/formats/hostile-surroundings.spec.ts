import { LiveSchema } from '../../src/catalog/infrastructure/live-schema';
import { CsvWriter } from '../../src/formats/csv/csv.writer';
import { RenderingDatabase } from '../support/rendering';

let rendering: RenderingDatabase;
beforeAll(async () => {
  rendering = await RenderingDatabase.create();
});
afterAll(() => rendering.remove());

describe('CsvWriter, in a hostile database', () => {
  it('neutralizes with the functions of PostgreSQL, not with those of the platform’s schema', async () => {
    await rendering.sql(
      "CREATE TABLE formulas AS SELECT text '=1+1' AS note, 1 AS n",
      "CREATE FUNCTION public.ascii(text) RETURNS integer LANGUAGE sql AS 'SELECT 0'",
      'SET search_path = public, pg_catalog',
    );

    const { bytes } = await rendering.write(new CsvWriter(), ['formulas']);

    expect(bytes.toString()).toBe("note,n\n'=1+1,1\n");
  });

  it('finds tables in a database whose encoding lacks some characters', async () => {
    const other = await RenderingDatabase.create('LATIN1');
    try {
      await other.sql('CREATE TABLE "größe" (n int)');

      const found = await other.inSnapshot('UTC', (snapshot) =>
        new LiveSchema().find(['größe', '日本', 'a\0b', 'half \ud800'], snapshot),
      );

      expect([...found.keys()]).toEqual(['größe']);
    } finally {
      await other.remove();
    }
  });

  it('gives unique file names to tables whose long names differ only at the end', async () => {
    const [schema, table] = ['s'.repeat(60), 't'.repeat(60)];
    await rendering.sql(
      `CREATE SCHEMA ${schema}`,
      `CREATE TABLE ${schema}.${table}1 (n int)`,
      `CREATE TABLE ${schema}.${table}2 (n int)`,
    );

    const { extension, bytes } = await rendering.write(new CsvWriter(), [`${schema}.${table}1`, `${schema}.${table}2`]);

    expect(extension).toBe('zip');
    expect(bytes.includes(' (2).csv')).toBe(true);
  });
});
