import type { UserPrincipal } from '../../../platform/auth/principal';
import { DomainError } from '../../../platform/errors/domain-error';
import { type DataRequest, parseFormat, toDataQuery, validateRequest } from './data-request';

const ANN: UserPrincipal = { userId: 'ann', tenantId: 'blue', roles: ['author'] };
const ROOT: UserPrincipal = { userId: 'root', tenantId: null, roles: ['admin'] };

function requestOf(traits: Partial<DataRequest> = {}): DataRequest {
  return { type: 'partial', format: 'csv', options: {}, ...traits };
}

const kindOf = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    if (error instanceof DomainError) return error.kind;
    throw error;
  }
  return 'granted';
};

describe('A request for rows', () => {
  it("reads the caller's own rows, within the caller's tenant", () => {
    expect(toDataQuery(ANN, requestOf({ dataTypes: ['profile'] }))).toMatchObject({
      scope: 'types',
      dataTypes: ['profile'],
      tables: [],
      subject: 'ann',
      tenantId: 'blue',
      timeZone: 'UTC',
    });
  });

  it("reads another user's rows for an administrator only", () => {
    expect(kindOf(() => toDataQuery(ANN, requestOf({ userId: 'bob' })))).toBe('forbidden');
    expect(toDataQuery(ROOT, requestOf({ userId: 'bob' }))).toMatchObject({ subject: 'bob', tenantId: null });
  });

  it('reads whole tables for an administrator only, even when a user is named', () => {
    const whole = requestOf({ tables: ['users'], userId: 'ann' });

    expect(kindOf(() => toDataQuery(ANN, whole))).toBe('forbidden');
    expect(toDataQuery(ROOT, whole)).toMatchObject({ scope: 'tables', tables: ['users'], subject: null });
  });

  it.each([
    ['tables and data types at once', { tables: ['users'], dataTypes: ['profile'] }, ['data_types']],
    ['everything, by data types', { type: 'full', dataTypes: ['profile'] }, ['data_types']],
    ['a part, without saying which', {}, ['data_types']],
    ['a table twice', { type: 'bulk', tables: ['users', 'orders', 'users'] }, ['tables.2']],
  ] as const)('is refused for %s', (_, traits, fields) => {
    expect(validateRequest(requestOf(traits)).map(({ field }) => field)).toEqual(fields);
  });

  it('is valid for all data types, for some, and for tables', () => {
    const requests = [
      { type: 'full' },
      { dataTypes: ['profile'] },
      { type: 'bulk', tables: ['users', 'orders'] },
    ] as const;

    expect(requests.flatMap((traits) => validateRequest(requestOf(traits)))).toEqual([]);
  });

  it('has one of the offered formats', () => {
    expect(parseFormat('csv', ['json', 'csv'])).toBe('csv');
    expect(kindOf(() => parseFormat('pdf', ['json', 'csv']))).toBe('invalid');
  });
});
