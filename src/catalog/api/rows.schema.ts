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
  like: { type: 'string', description: '`%` and `_` are wildcards; a backslash escapes them' },
  isNull: { type: 'boolean' },
} as const satisfies Readonly<Record<Operator, object>>;

const COLUMN_FILTER = namedSchema('ColumnFilter', {
  type: 'object',
  description: 'Conditions on a column. All must be met',
  properties: { ...OPERANDS },
  additionalProperties: false,
});

const DATES = {
  dateFrom: { type: 'string', description: 'The earliest `created_at`' },
  dateTo: { type: 'string', description: 'The latest `created_at`' },
};

const TABLE_FILTERS = namedSchema('TableFilters', {
  type: 'object',
  description: 'By column, a value or operators',
  properties: { ...DATES },
  additionalProperties: { anyOf: [...VALUE.anyOf, COLUMN_FILTER] },
});

/** The filters of a request for rows. */
export const ROW_FILTERS = namedSchema('RowFilters', {
  type: 'object',
  description: 'By table. `dateFrom` and `dateTo` apply to every table',
  properties: { ...DATES },
  additionalProperties: { anyOf: [{ type: 'string' }, TABLE_FILTERS] },
});

/** The columns of a request for rows. */
export const TABLE_COLUMNS = namedSchema('TableColumns', {
  type: 'object',
  description: 'Names of columns by table',
  additionalProperties: { type: 'array', items: { type: 'string' } },
});

const ROW = { type: 'object', description: 'By column', additionalProperties: {} };
const ROWS = { type: 'array', items: ROW };

/** The body of a `realtime` export as JSON. */
export const STREAMED_ROWS = namedSchema('StreamedRows', {
  type: 'object',
  required: ['exportDate', 'data'],
  properties: {
    exportDate: { type: 'string', format: 'date-time' },
    userId: { type: 'string' },
    data: { type: 'object', description: 'By data type', additionalProperties: ROWS },
  },
});

/** The body of a user document as JSON. */
export const USER_DOCUMENT = namedSchema('UserDocument', {
  type: 'object',
  required: ['profile', 'transactions', 'courses', 'activity', 'exportedAt'],
  properties: {
    profile: { ...ROW, type: ['object', 'null'] },
    transactions: ROWS,
    courses: ROWS,
    activity: ROWS,
    exportedAt: { type: 'string', format: 'date-time' },
  },
});
