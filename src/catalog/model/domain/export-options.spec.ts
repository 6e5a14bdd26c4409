import type { ExportFormat } from '../../../formats';
import { validateCompression, type FileOptions, validateOptions } from './export-options';

describe('Format options of a row export', () => {
  it.each<[FileOptions, ExportFormat]>([
    [{}, 'xml'],
    [{ raw: true, bom: false, delimiter: '\t', timezone: 'Europe/Kyiv', compression: 'gzip' }, 'csv'],
    [{ raw: false, timezone: 'UTC' }, 'xlsx'],
    [{ compression: 'gzip' }, 'ndjson'],
    [{ delimiter: undefined }, 'json'],
  ])('accept %j for %s', (options, format) => {
    expect(validateOptions(options, format)).toEqual([]);
  });

  it.each<[object, ExportFormat | null, string]>([
    [{ raw: 'true' }, 'csv', 'raw'],
    [{ bom: 1 }, 'csv', 'bom'],
    [{ delimiter: ',,' }, 'csv', 'delimiter'],
    [{ delimiter: '"' }, null, 'delimiter'],
    [{ timezone: '+02:00' }, 'csv', 'timezone'],
    [{ timezone: null }, 'csv', 'timezone'],
    [{ compression: 'zip' }, 'csv', 'compression'],
    [{ raw: true }, 'json', 'raw'],
    [{ bom: true }, 'xlsx', 'bom'],
    [{ delimiter: ';' }, 'xml', 'delimiter'],
    [{ compression: 'gzip' }, 'xlsx', 'compression'],
    [{ title: 'a' }, 'csv', 'title'],
    [{ constructor: true }, 'csv', 'constructor'],
  ])('reject %j for %s', (options, format, option) => {
    expect(validateOptions(options as FileOptions, format).map(({ field }) => field)).toEqual([`options.${option}`]);
  });

  it('reject compression for the zip of several tables', () => {
    const gzip: FileOptions = { compression: 'gzip' };

    expect(validateCompression(gzip, 'csv', 2).map(({ field }) => field)).toEqual(['options.compression']);
    expect([
      validateCompression(gzip, 'csv', 1),
      validateCompression(gzip, 'json', 2),
      validateCompression({}, 'csv', 2),
    ]).toEqual([[], [], []]);
  });
});
