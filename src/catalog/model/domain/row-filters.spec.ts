import type { FieldError } from '../../../platform/errors/domain-error';
import type { LiveColumn } from './live-table';
import { Present } from './present';
import { RowFilters } from './row-filters';

const NAME: LiveColumn = {
  name: 'name',
  type: { schema: 'pg_catalog', name: 'text' },
  family: 'text',
  scale: null,
  mayHoldJsonText: false,
  isMoney: false,
};

describe('The filters of a table', () => {
  it.each(['a\0b', 'a\ud800', '\udc00a'])('refuse %j, which PostgreSQL could not keep', (value) => {
    const errors: FieldError[] = [];
    const filters = new RowFilters(
      'users',
      new Map([['name', NAME]]),
      errors,
      new Present('2026-03-29T12:00:00Z', 'UTC'),
    );

    const conditions = filters.read({ name: { in: ['fine 🦊', value] } }, 'filters.users');

    expect(conditions).toMatchObject([{ values: ['fine 🦊'] }]);
    expect(errors).toEqual([{ field: 'filters.users.name.in.1', message: expect.stringMatching(/must not have/) }]);
  });
});
