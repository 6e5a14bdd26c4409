import type { ExportOptions, FormatWriter } from '../../src/formats';
import { CsvWriter } from '../../src/formats/csv/csv.writer';
import { JsonWriter } from '../../src/formats/json/json.writer';
import { NdjsonWriter } from '../../src/formats/json/ndjson.writer';
import { XlsxWriter } from '../../src/formats/xlsx/xlsx.writer';
import { XmlWriter } from '../../src/formats/xml/xml.writer';
import { contentOf, RenderingDatabase } from '../support/rendering';
import { until } from '../support/until';

let rendering: RenderingDatabase;
beforeAll(async () => {
  rendering = await RenderingDatabase.create();
  const numbers = 'FROM generate_series(1, 200000) AS n';
  await rendering.sql(
    `CREATE TABLE few AS SELECT n, md5(n::text) AS hash FROM generate_series(1, 10) AS n`,
    `CREATE VIEW failing AS SELECT n, repeat(md5(n::text), 10) AS hash, 1 / (n - 100000) AS broken ${numbers}`,
    `CREATE VIEW long AS SELECT n, repeat(md5(n::text), 10) AS hash FROM generate_series(1, 1000000) AS n`,
  );
});
afterAll(() => rendering.remove());

const CASES: [
  title: string,
  writer: Pick<FormatWriter<'relations'>, 'write'>,
  tables: string[],
  options: ExportOptions,
][] = [
  ['CSV', new CsvWriter(), [], {}],
  ['CSV, gzip', new CsvWriter(), [], { compression: 'gzip' }],
  ['a zip of CSVs', new CsvWriter(), ['few'], {}],
  ['JSON', new JsonWriter(), ['few'], {}],
  ['JSON, gzip', new JsonWriter(), [], { compression: 'gzip' }],
  ['XML', new XmlWriter(), ['few'], {}],
  ['XLSX', new XlsxWriter(), ['few'], {}],
  ['XLSX, of several sheets', new XlsxWriter(10_000), [], {}],
  ['NDJSON', new NdjsonWriter(), [], {}],
];

describe.each(CASES)('A writer of relations as %s', (_title, writer, before, options) => {
  it('throws if the query fails midway', async () => {
    await rendering.inSnapshot('UTC', async (snapshot) => {
      const content = await contentOf(snapshot, [...before, 'failing']);
      const { body } = writer.write(content, options, () => undefined);
      let received = 0;

      const reading = (async () => {
        for await (const chunk of body) received += chunk.length;
      })();

      await expect(reading).rejects.toThrow('division by zero');
      expect(received).toBeGreaterThan(100_000);
    });
  });

  it('stops the query when its reader leaves', async () => {
    await rendering.inSnapshot('UTC', async (snapshot) => {
      const content = await contentOf(snapshot, [...before, 'long']);
      const { body } = writer.write(content, options, () => undefined);
      let received = 0;

      for await (const chunk of body) {
        received += chunk.length;
        if (received > 100_000) break;
      }

      await until('no COPY runs', async () => (await runningCopies()) === 0, { within: 5_000 });
    });
  });
});

async function runningCopies(): Promise<number> {
  const { rows } = await rendering.pool.query<{ count: string }>(
    `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE 'COPY%'`,
  );
  return Number(rows[0]?.count);
}
