import { LiveSchema } from '../../src/catalog/infrastructure/live-schema';
import { CsvWriter } from '../../src/formats/csv/csv.writer';
import { RenderingLaboratory } from '../support/rendering';

let laboratory: RenderingLaboratory;
beforeAll(async () => {
  laboratory = await RenderingLaboratory.create();
});
afterAll(() => laboratory.remove());

describe('CSV in hostile surroundings', () => {
  it('neutralises by the functions of PostgreSQL, not by those of the platform', async () => {
    await laboratory.sql(
      "CREATE TABLE formulas AS SELECT text '=1+1' AS note, 1 AS n",
      "CREATE FUNCTION public.ascii(text) RETURNS integer LANGUAGE sql AS 'SELECT 0'",
      'SET search_path = public, pg_catalog',
    );

    const { bytes } = await laboratory.write(new CsvWriter(), ['formulas']);

    expect(bytes.toString()).toBe("note,n\n'=1+1,1\n");
  });

  it('finds the tables of a database whose encoding lacks some names', async () => {
    const other = await RenderingLaboratory.create('LATIN1');
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

  it('finds names for files whose tables differ at the very end of long names only', async () => {
    const [schema, table] = ['s'.repeat(60), 't'.repeat(60)];
    await laboratory.sql(
      `CREATE SCHEMA ${schema}`,
      `CREATE TABLE ${schema}.${table}1 (n int)`,
      `CREATE TABLE ${schema}.${table}2 (n int)`,
    );

    const { extension, bytes } = await laboratory.write(new CsvWriter(), [
      `${schema}.${table}1`,
      `${schema}.${table}2`,
    ]);

    expect(extension).toBe('zip');
    expect(bytes.includes(' (2).csv')).toBe(true);
  });
});
