import type { Export } from '@export-service/client';
import { deviation, previewOf, runSeconds, subjectOf } from './describe-export';
import { requestOf } from './export-request';

function recordWith(traits: object): Export {
  return {
    kind: 'data',
    type: 'partial',
    format: 'csv',
    status: 'completed',
    session_id: null,
    event_id: null,
    data_types: null,
    filters: null,
    options: {},
    one_time: false,
    ...traits,
  } as Export;
}

const BOARD = { kind: 'board', type: null, session_id: 'board-1', format: 'pdf', options: { page_size: 'a4' } };
const EVENT = { kind: 'event', type: null, event_id: 'event-1', format: 'xlsx', one_time: true };

describe('The subject of an export', () => {
  it.each([
    ['a board', BOARD, 'board', ''],
    ['several boards', { kind: 'boards', type: null }, 'boards', ''],
    ['the results of an event', EVENT, 'event', ''],
    ['all data of the user', { type: 'full' }, 'all', ''],
    ['some data types', { data_types: ['profile', 'payments'] }, 'rows', 'profile, payments'],
    ['whole tables', { type: 'bulk', options: { tables: ['invoices'] } }, 'tables', 'invoices'],
    ['the tables of a schedule', { type: 'scheduled', options: { tables: ['invoices'] } }, 'tables', 'invoices'],
    ['the rows of another user', { options: { user_id: 'eve' }, data_types: ['profile'] }, 'user', 'profile'],
    ['streamed rows', { type: 'realtime', data_types: ['profile'] }, 'streamed', 'profile'],
  ])('is %s', (_, traits, name, names) => {
    expect(subjectOf(recordWith(traits))).toMatchObject({ name, values: { names, more: 0 } });
  });

  it('names three of many data types, and counts the others', () => {
    const { values } = subjectOf(recordWith({ data_types: ['a', 'b', 'c', 'd', 'e'] }));

    expect(values).toMatchObject({ names: 'a, b, c', more: 2 });
  });
});

describe('The request of an export', () => {
  it.each([
    ['a board', BOARD, { board: 'board-1', format: 'pdf', options: { page_size: 'a4' } }],
    [
      'chosen boards',
      { kind: 'boards', format: 'pdf', options: { session_ids: ['b1', 'b2'], page_size: 'a4' } },
      { boards: ['b1', 'b2'], format: 'pdf', options: { page_size: 'a4' } },
    ],
    [
      'boards of a filter',
      { kind: 'boards', format: 'png', filters: { name_contains: 'Algebra' } },
      { boards: { name_contains: 'Algebra' }, format: 'png', options: {} },
    ],
    ['an event', EVENT, { event: 'event-1', format: 'xlsx', one_time: true, options: {} }],
    ['all data', { type: 'full' }, { type: 'full', format: 'csv', options: {} }],
    [
      'some data types with filters',
      { data_types: ['profile'], filters: { dateFrom: 'now-7d' }, options: { timezone: 'Europe/Kyiv', as_of: '2026' } },
      {
        type: 'partial',
        format: 'csv',
        data_types: ['profile'],
        filters: { dateFrom: 'now-7d' },
        options: { timezone: 'Europe/Kyiv' },
      },
    ],
    [
      'columns of whole tables',
      { type: 'bulk', options: { tables: ['invoices'], columns: { invoices: ['id'] } } },
      { tables: ['invoices'], format: 'csv', columns: { invoices: ['id'] }, options: {} },
    ],
    [
      'the rows of another user',
      { type: 'full', options: { user_id: 'eve' } },
      { type: 'full', format: 'csv', user_id: 'eve', options: {} },
    ],
  ])('is that of %s', (_, traits, request) => {
    expect(requestOf(recordWith(traits))).toEqual(request);
  });

  it.each([
    ['a deleted board', { ...BOARD, session_id: null }],
    ['a deleted event', { ...EVENT, event_id: null }],
    ['streamed rows', { type: 'realtime' }],
    ['the document about a user', { type: 'user' }],
  ])('cannot be made for %s', (_, traits) => {
    expect(requestOf(recordWith(traits))).toBeNull();
  });
});

describe('deviation', () => {
  it.each([
    [100, 110, 10],
    [100, 50, -50],
    [100, 100, 0],
    [null, 100, null],
    [100, null, null],
    [0, 5, null],
  ])('of %s expected and %s is %s percent', (expected, actual, percent) => {
    expect(deviation(expected, actual)).toBe(percent);
  });
});

describe('runSeconds', () => {
  it('is the time from start to completion', () => {
    const times = { started_at: '2026-11-30T12:00:00.000Z', completed_at: '2026-11-30T12:00:01.500Z' };

    expect(runSeconds(recordWith(times))).toBe(1.5);
    expect(runSeconds(recordWith({ ...times, started_at: null }))).toBeNull();
  });
});

describe('The preview', () => {
  it.each([
    ['rows of CSV', {}, 'rows'],
    ['rows of NDJSON', { format: 'ndjson' }, 'rows'],
    ['rows of Parquet', { format: 'parquet', file_name: 'data.parquet' }, 'rows'],
    ['nothing of a zip of Parquet', { format: 'parquet', file_name: 'data.zip' }, 'none'],
    ['pages of a board', BOARD, 'pages'],
    ['nothing of XLSX', { format: 'xlsx' }, 'none'],
    ['nothing of a one-time file', { one_time: true }, 'none'],
    ['nothing before the export is completed', { status: 'processing' }, 'none'],
  ])('has %s', (_, traits, kind) => {
    expect(previewOf(recordWith(traits))).toBe(kind);
  });
});
