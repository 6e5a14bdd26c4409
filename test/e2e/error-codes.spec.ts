import { PROBLEM_CODES } from '../../src/platform/errors/problem-codes';
import type { Application } from '../support/application';
import type { ApiResponse, Client } from '../support/client';
import { Installation } from '../support/installation';

const ID = '00000000-0000-7000-8000-000000000001';

interface Problem {
  readonly request_id: string;
}

describe('An error response', () => {
  let installation: Installation;
  let application: Application;
  let ann: Client;

  beforeAll(async () => {
    ({ installation, application } = await Installation.withApplication({ ROLE: 'api' }));
    ann = await installation.asUser('ann');
  });

  afterAll(() => installation.remove());

  async function plain(path: string, headers: Readonly<Record<string, string>> = {}) {
    const response = await fetch(`${application.url}${path}`, { headers });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Problem };
  }

  it.each<[string, () => Promise<Pick<ApiResponse, 'status' | 'headers' | 'body'>>, number, string]>([
    ['a path that is no route', () => plain('/api/v1/nothing'), 404, 'not-found'],
    ['a path that cannot be decoded', () => plain('/api/v1/exports/%E0%A4%A'), 400, 'bad-request'],
    ['a request without a token', () => plain('/api/v1/exports'), 401, 'unauthorized'],
    ['wrong credentials of an external system', () => plain('/api/v1/customer/exports'), 401, 'unauthorized'],
    [
      'a link that is not signed',
      () => plain(`/api/v1/exports/${ID}/download?expires=1&signature=x`),
      403,
      'forbidden',
    ],
    ['an export of somebody else', () => ann.get(`/api/v1/exports/${ID}`), 404, 'export-not-found'],
    ['a right that is missing', () => ann.get('/api/v1/exports/stats'), 403, 'admin-role-required'],
    [
      'a wrong field',
      () => ann.post('/api/v1/exports', { type: 'partial', format: 'csv', data_types: ['nothing'] }),
      400,
      'invalid-request',
    ],
  ])('has a code and its request id for %s', async (_, send, status, code) => {
    const { status: answered, headers, body } = await send();

    expect([answered, body]).toEqual([status, expect.objectContaining({ status, code })]);
    expect(body.request_id).toBe(headers.get('x-request-id'));
    expect(body.request_id).toMatch(/./);
    expect(Object.keys(PROBLEM_CODES)).toContain(body.code);
  });

  it('repeats the request id of the caller', async () => {
    const { body } = await plain('/api/v1/nothing', { 'X-Request-Id': 'mine-42' });

    expect(body.request_id).toBe('mine-42');
  });

  it('has the code of each invalid field', async () => {
    const { body } = await ann.post('/api/v1/exports', { type: 'partial', data_types: ['profile'], fromat: 'csv' });

    expect(body.errors).toEqual([
      { field: 'fromat', message: expect.any(String), code: 'unknown-field' },
      { field: 'format', message: expect.any(String), code: 'required' },
    ]);
  });

  it.each([
    [{ data_types: ['nothing'] }, 'data_types.0', 'unknown-data-type'],
    [{ data_types: ['profile'], filters: { nothing: {} } }, 'filters.nothing', 'unknown-table'],
    [{ data_types: ['profile'], options: { nothing: 1 } }, 'options.nothing', 'unknown-field'],
    [{ data_types: ['profile'], filters: { users: { nothing: 1 } } }, 'filters.users.nothing', 'unknown-column'],
    [{ data_types: ['profile'], filters: { users: { id: { is: 1 } } } }, 'filters.users.id.is', 'unknown-operator'],
    [{ data_types: 7 }, 'data_types', 'invalid'],
  ])('has the field code for %j', async (fields, field, code) => {
    const { body } = await ann.post('/api/v1/exports', { type: 'partial', format: 'csv', ...fields });

    expect(body.errors).toContainEqual({ field, message: expect.any(String), code });
  });
});
