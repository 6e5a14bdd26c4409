import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyDraft, findProblem, fromRequest, toRequest, toSelection } from './draft';
import { DIVISIBLE_FORMATS, DIVISIONS } from './division';
import { FORMAT_OPTIONS, optionsOf, ROWS_FORMATS } from './format-options';

const JANUARY = {
  id: 1,
  table: 'transactions',
  column: 'created_at',
  operator: 'month',
  value: '2026-01',
  end: '',
} as const;

describe('toRequest', () => {
  it('exports whole tables with filters, columns and options', () => {
    const draft = emptyDraft({
      scope: 'tables',
      tables: ['transactions'],
      columns: { transactions: ['amount', 'id'], users: ['id'] },
      conditions: [JANUARY],
      format: 'csv',
      options: { delimiter: ';', raw: false, compression: 'gzip' },
      timeZone: 'Europe/Kyiv',
      retentionDays: '0.5',
    });

    expect(toRequest(draft, ['transactions'])).toEqual({
      tables: ['transactions'],
      format: 'csv',
      filters: { transactions: { created_at: { gte: '2026-01-01', lt: '2026-02-01' } } },
      columns: { transactions: ['amount', 'id'] },
      options: { delimiter: ';', compression: 'gzip', timezone: 'Europe/Kyiv' },
      retention_days: 0.5,
    });
  });

  it('exports everything of a user, or some of it', () => {
    expect(toRequest(emptyDraft({ isEverything: true, dataTypes: ['profile'] }))).toEqual({
      type: 'full',
      format: 'xlsx',
    });
    expect(toRequest(emptyDraft({ dataTypes: ['profile'], userId: 'ann' }))).toEqual({
      type: 'partial',
      data_types: ['profile'],
      user_id: 'ann',
      format: 'xlsx',
    });
  });

  it('leaves out what the format does not have', () => {
    const options = { delimiter: ';', bom: true, compression: 'gzip' } as const;

    expect(toRequest(emptyDraft({ isEverything: true, options }))).not.toHaveProperty('options');
    expect(toSelection(emptyDraft({ isEverything: true, format: 'csv', options }), ['a', 'b'])).toHaveProperty(
      'options',
      {
        delimiter: ';',
        bom: true,
      },
    );
  });

  it('notifies as people say', () => {
    const notify = (changes: object): unknown =>
      toRequest(emptyDraft({ isEverything: true, notify: { mail: true, webhook: '', webhookSecret: '', ...changes } }))
        .notify;

    expect(notify({})).toBeUndefined();
    expect(notify({ mail: false })).toBe(false);
    expect(notify({ webhook: 'https://a.example', webhookSecret: 's' })).toEqual({
      email: true,
      webhook: { url: 'https://a.example', secret: 's' },
    });
  });
});

describe('fromRequest', () => {
  it('makes the same request again', () => {
    const request = {
      tables: ['transactions', 'users'],
      format: 'csv',
      filters: { transactions: { amount: { gt: '100' }, description: { like: '%رسوم "الدورة"%' } } },
      columns: { transactions: ['id', 'amount'] },
      options: { bom: true, timezone: 'Europe/Kyiv' },
      notify: false,
      retention_days: 2,
    };

    expect(toRequest(fromRequest(request), ['transactions', 'users'])).toEqual(request);
  });

  it('makes the request of a record, whose tables and columns are options', () => {
    const record = {
      id: 'an id',
      type: 'bulk',
      format: 'ndjson',
      user_id: 'the owner',
      data_types: null,
      filters: { transactions: { created_at: 'yesterday' } },
      options: { tables: ['transactions'], columns: ['id'], compression: 'gzip', as_of: '2026-01-01T00:00:00Z' },
    };

    expect(toRequest(fromRequest(record))).toEqual({
      tables: ['transactions'],
      format: 'ndjson',
      filters: { transactions: { created_at: { eq: 'yesterday' } } },
      columns: { transactions: ['id'] },
      options: { compression: 'gzip' },
    });
  });

  it('exports the rows of the user whom the options of a record name', () => {
    const record = {
      id: 'an id',
      type: 'full',
      format: 'csv',
      user_id: 'root',
      data_types: [],
      options: { user_id: 'ann' },
    };

    expect(toRequest(fromRequest(record))).toEqual({ type: 'full', format: 'csv', user_id: 'ann' });
  });

  it('survives what is no request for rows', () => {
    expect(toRequest(fromRequest({ format: 'png', options: { pages: [1] }, filters: 7, columns: 'all' }))).toEqual({
      type: 'full',
      format: 'xlsx',
    });
  });
});

describe('findProblem', () => {
  it.each([
    ['nothing-chosen', {}],
    ['condition-unfinished', { isEverything: true, conditions: [{ ...JANUARY, operator: 'is', value: '' }] }],
    ['condition-twice', { isEverything: true, conditions: [JANUARY, { ...JANUARY, id: 2 }] }],
    ['retention-invalid', { isEverything: true, retentionDays: '0' }],
    [undefined, { isEverything: true, conditions: [JANUARY] }],
  ] as const)('finds %s', (problem, changes) => {
    expect(findProblem(emptyDraft(changes))).toBe(problem);
  });

  it('ignores conditions on tables that are not exported', () => {
    const conditions = [{ ...JANUARY, operator: 'is', value: '' }] as const;

    expect(findProblem(emptyDraft({ isEverything: true, conditions }), ['users'])).toBeUndefined();
  });
});

describe('The options of formats', () => {
  interface Option {
    readonly type?: string;
    readonly enum?: readonly string[];
    readonly default?: string;
    readonly description?: string;
  }
  const { schemas } = (
    JSON.parse(readFileSync(join(__dirname, '../../../docs/openapi.json'), 'utf8')) as {
      components: { schemas: Record<string, { properties: Record<string, Option> }> };
    }
  ).components;

  it('are those of the API', () => {
    const options = Object.entries(schemas['DataExportOptions']!.properties);
    const others: readonly string[] = ['timezone', 'columns', ...DIVISIONS];
    const ofFormats = options.filter(([name]) => !others.includes(name));
    const { description: parts = '' } = schemas['DataExportOptions']!.properties['parts']!;
    expect(parts.split(':')[0]!.split(', ').sort()).toEqual([...DIVISIBLE_FORMATS].sort());
    const described = ofFormats.map(([name, { enum: values, default: usual, description = '' }]) => [
      name,
      { formats: description.split(':')[0]!.split(', ').sort(), values, usual },
    ]);
    const own = Object.entries(FORMAT_OPTIONS).map(([name, option]) => [
      name,
      {
        formats: [...option.formats].sort(),
        values: 'values' in option ? option.values : undefined,
        usual: 'default' in option ? option.default : undefined,
      },
    ]);

    expect(Object.fromEntries(own)).toEqual(Object.fromEntries(described));
    expect([...ROWS_FORMATS].sort()).toEqual([...(schemas['DataExportBody']!.properties['format']!.enum ?? [])].sort());
  });

  it('are those that the format has, for as many tables', () => {
    expect(optionsOf('xlsx', 1)).toEqual(['raw']);
    expect(optionsOf('csv', 1)).toContain('compression');
    expect(optionsOf('csv', 2)).not.toContain('compression');
    expect(optionsOf('json', 2)).toEqual(['compression']);
  });
});
