import { acceptedContents, findOptionErrors, formatsOf, optionsOf, streamableFormatsOf } from './registry';

describe('Format registry', () => {
  it('lists the formats of a kind of content in the order of the API', () => {
    expect(formatsOf('relations')).toEqual(['json', 'ndjson', 'csv', 'xlsx', 'xml', 'parquet']);
    expect(formatsOf('sections')).toEqual(['json', 'csv']);
    expect(formatsOf('drawing')).toEqual(['png', 'pdf', 'svg']);
  });

  it('returns the streamable formats with their media types', () => {
    expect(streamableFormatsOf('relations')).toEqual([
      { format: 'json', mediaType: 'application/json' },
      { format: 'ndjson', mediaType: 'application/x-ndjson' },
      { format: 'csv', mediaType: 'text/csv' },
      { format: 'xml', mediaType: 'application/xml' },
    ]);
  });

  it('maps formats to the kinds of content that they accept', () => {
    expect(acceptedContents('table')).toEqual({ pdf: ['table'], json: ['table'], csv: ['table'], xlsx: ['table'] });
  });

  it('lists each option once with the formats that accept it', () => {
    const offered = optionsOf('relations').map(({ name, formats }) => [name, formats]);

    expect(Object.fromEntries(offered)).toEqual({
      compression: ['json', 'ndjson', 'csv', 'xml'],
      raw: ['csv', 'xlsx'],
      bom: ['csv'],
      delimiter: ['csv'],
    });
  });

  it('lists options of other kinds of content only for these', () => {
    expect(optionsOf('table').map(({ name }) => name)).toEqual(
      expect.arrayContaining(['header', 'page_size', 'orientation']),
    );
    expect(optionsOf('drawing')).toEqual([]);
  });

  it('explains an invalid option, or names the formats that accept it', () => {
    expect(findOptionErrors({ raw: 1, bom: true, title: 'x' }, 'relations', 'xlsx', ['timezone'])).toEqual([
      { field: 'raw', message: 'must be true or false' },
      { field: 'bom', message: 'is not an option of xlsx, only of csv' },
      {
        field: 'title',
        message: 'is not an option; the options are compression, raw, bom, delimiter, timezone',
        code: 'unknown-option',
      },
    ]);
  });
});
