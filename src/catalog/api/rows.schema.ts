import { namedSchema } from '../../platform/http/open-api-components';
import type { Operator } from '../model/domain/table-plan';

const VALUE = { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] };

const OPERANDS = {
  eq: VALUE,
  ne: VALUE,
  in: { type: 'array', items: VALUE },
  gt: VALUE,
  gte: VALUE,
  lt: VALUE,
  lte: VALUE,
  like: { type: 'string', description: '`%` and `_` are wildcards, and a backslash takes their meaning' },
  isNull: { type: 'boolean' },
} as const satisfies Readonly<Record<Operator, object>>;

const COLUMN_FILTER = namedSchema('ColumnFilter', {
  type: 'object',
  description: 'What the values of a column must meet, all of it',
  properties: { ...OPERANDS },
  additionalProperties: false,
});

const DATES = {
  dateFrom: { type: 'string', description: '`created_at` is not before it' },
  dateTo: { type: 'string', description: '`created_at` is not after it' },
};

const TABLE_FILTERS = namedSchema('TableFilters', {
  type: 'object',
  description: 'By column, a value or operators',
  properties: { ...DATES },
  additionalProperties: { anyOf: [...VALUE.anyOf, COLUMN_FILTER] },
});

/** Which rows of which tables. */
export const ROW_FILTERS = namedSchema('RowFilters', {
  type: 'object',
  description: 'By table; `dateFrom` and `dateTo` are for every table',
  properties: { ...DATES },
  additionalProperties: { anyOf: [{ type: 'string' }, TABLE_FILTERS] },
});

/** Which columns of which tables. */
export const TABLE_COLUMNS = namedSchema('TableColumns', {
  type: 'object',
  description: 'Names of columns by table',
  additionalProperties: { type: 'array', items: { type: 'string' } },
});

const ROW = { type: 'object', description: 'By column', additionalProperties: {} };
const ROWS = { type: 'array', items: ROW };

/** The rows of a data export in the answer itself. */
export const STREAMED_ROWS = namedSchema('StreamedRows', {
  type: 'object',
  required: ['exportDate', 'data'],
  properties: {
    exportDate: { type: 'string', format: 'date-time' },
    userId: { type: 'string' },
    data: { type: 'object', description: 'By data type', additionalProperties: ROWS },
  },
});

/** Everything of one user. */
export const USER_DOCUMENT = namedSchema('UserDocument', {
  type: 'object',
  required: ['profile', 'transactions', 'courses', 'activity', 'exportedAt'],
  properties: {
    profile: { ...ROW, type: ['object', 'null'] },
    ...{ transactions: ROWS, courses: ROWS, activity: ROWS },
    exportedAt: { type: 'string', format: 'date-time' },
  },
});
