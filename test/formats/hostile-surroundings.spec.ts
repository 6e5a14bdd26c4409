import { CsvWriter } from '../../src/export/infrastructure/formats/csv.writer';
import { RenderingLaboratory } from '../support/rendering';

let laboratory: RenderingLaboratory;
beforeAll(async () => {
  laboratory = await RenderingLaboratory.create();
});
afterAll(() => laboratory.remove());

describe('CSV in hostile surroundings', () => {
  it.each(['\n=1+1', '\uff1d1+1', '\uff0b1', '\uff0d1+1', '\uff20SUM(1)'])('neutralises %j', async (text) => {
    await laboratory.sql('DROP TABLE IF EXISTS notes', 'CREATE TABLE notes (note text, "\uff1dname" int)');
    await laboratory.pool.query('INSERT INTO notes VALUES ($1, 1)', [text]);

    const { bytes } = await laboratory.write(new CsvWriter(), ['notes']);

    expect(bytes.toString().replaceAll('"', '')).toBe(`note,'\uff1dname\n'${text},1\n`);
  });

  it('neutralises by the functions of PostgreSQL, not by those of the platform', async () => {
    await laboratory.sql(
      "CREATE TABLE formulas AS SELECT text '=1+1' AS note, 1 AS n",
      "CREATE FUNCTION public.ascii(text) RETURNS integer LANGUAGE sql AS 'SELECT 0'",
      'SET search_path = public, pg_catalog',
    );

    const { bytes } = await laboratory.write(new CsvWriter(), ['formulas']);

    expect(bytes.toString()).toBe("note,n\n'=1+1,1\n");
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
