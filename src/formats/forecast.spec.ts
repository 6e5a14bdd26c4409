import type { TableForecast } from './forecast';
import { WRITERS } from './registry';

const TABLE: TableForecast = { name: 'things', columns: ['id', 'name'], rows: 1000, rowBytes: 20, longestText: 12 };

function forecast(format: string, tables: readonly TableForecast[], options = {}) {
  const writer = WRITERS.find((candidate) => candidate.format === format);
  if (!writer) throw new Error(`There is no writer of ${format}`);
  return writer.forecast(tables, options);
}

describe('FormatWriter.forecast', () => {
  it('knows what a format adds to the values', () => {
    const [csv, json, xml, packed] = [
      forecast('csv', [TABLE]),
      forecast('json', [TABLE]),
      forecast('xml', [TABLE]),
      forecast('csv', [TABLE], { compression: 'gzip' }),
    ].map(({ bytes }) => bytes ?? 0);

    expect(csv).toBe('id,name\n'.length + 1000 * 22);
    expect([json! > csv!, xml! > json!, packed! < csv!]).toEqual([true, true, true]);
  });

  it('knows nothing of tables whose rows are unknown', () => {
    expect(forecast('csv', [TABLE, { ...TABLE, rows: null }])).toMatchObject({ bytes: null, seconds: null });
  });

  it('warns of what is certain before the rows are read', () => {
    const codes = (format: string, traits: Partial<TableForecast>) =>
      forecast(format, [{ ...TABLE, ...traits }]).warnings.map(({ code }) => code);

    expect(codes('xlsx', { rows: 3_000_000 })).toEqual(['several-sheets']);
    expect(codes('xlsx', { longestText: 40_000 })).toEqual(['cell-truncated']);
    expect(codes('csv', { columns: ['id'] })).toEqual(['null-as-empty-line']);
    expect(codes('json', { columns: ['id'], rows: 3_000_000 })).toEqual([]);
  });

  it('refuses what the format cannot hold', () => {
    const columns = Array.from({ length: 16_385 }, (_, index) => `c${index}`);

    expect(() => forecast('xlsx', [{ ...TABLE, columns }])).toThrow(/at most 16384 columns/);
  });
});
