import { CsvWriter } from '../../src/export/infrastructure/formats/csv.writer';
import { RenderingLaboratory } from '../support/rendering';

let laboratory: RenderingLaboratory;
beforeAll(async () => {
  laboratory = await RenderingLaboratory.create();
});
afterAll(() => laboratory.remove());

describe('CSV', () => {
  it('tells nulls from empty texts and keeps numbers from being taken for formulas', async () => {
    await laboratory.sql(
      `CREATE TABLE amounts (id int, note text, amount numeric(12,2))`,
      `INSERT INTO amounts VALUES (1, NULL, -5.00), (2, '', 0), (3, '=1+1', 1), (4, '-5.00', NULL), (5, E'a,"b"\nc', 7)`,
    );

    const { bytes, recordCount, extension } = await laboratory.write(new CsvWriter(), ['amounts']);

    expect(bytes.toString()).toBe(
      'id,note,amount\n1,,-5.00\n2,"",0.00\n3,\'=1+1,1.00\n4,-5.00,\n5,"a,""b""\nc",7.00\n',
    );
    expect({ recordCount, extension }).toEqual({ recordCount: 5, extension: 'csv' });
  });

  it('packs several tables with a manifest', async () => {
    await laboratory.sql('CREATE TABLE none (id int, "a,b" text)');

    const { bytes, recordCount, extension } = await laboratory.write(new CsvWriter(), ['amounts', 'none']);

    expect({ recordCount, extension }).toEqual({ recordCount: 5, extension: 'zip' });
    expect(bytes.subarray(0, 2).toString()).toBe('PK');
  });
});
