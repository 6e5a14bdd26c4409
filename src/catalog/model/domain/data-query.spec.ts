import { type DataParams, dataParams, describeData, recoverData } from './data-query';

const ANN = { userId: 'ann' };
const OWN_ROWS: DataParams = {
  type: 'partial',
  dataTypes: ['profile', 'payments'],
  tables: [],
  filters: { payments: { amount: { gte: 10 } } },
  columns: ['id'],
  subject: 'ann',
  asOf: '2026-11-28T12:34:56.789Z',
  timeZone: 'UTC',
  title: null,
};
const TABLES: DataParams = { ...OWN_ROWS, type: 'bulk', dataTypes: [], tables: ['users'], subject: null, asOf: null };
const DOCUMENT: DataParams = {
  ...OWN_ROWS,
  type: 'user',
  dataTypes: [],
  filters: null,
  columns: undefined,
  asOf: null,
};
const RUN: DataParams = { ...OWN_ROWS, type: 'scheduled', title: 'Nightly_2026-11-28' };

describe('The parameters of a data export', () => {
  it.each([
    ['a user’s own rows', OWN_ROWS],
    ['the rows of another user', { ...OWN_ROWS, subject: 'ben' }],
    ['whole tables', TABLES],
    ['the document of a user', DOCUMENT],
    ['the run of a schedule', RUN],
  ])('survive JSON: %s', (_, params) => {
    expect(dataParams.parse(JSON.parse(JSON.stringify(params)))).toEqual(params);
  });

  it.each([
    ['a user’s own rows', OWN_ROWS],
    ['the rows of another user', { ...OWN_ROWS, subject: 'ben' }],
    ['whole tables', TABLES],
    ['the document of a user', DOCUMENT],
    ['the run of a schedule', RUN],
  ])('are recovered from their description: %s', (_, params) => {
    expect(recoverData(describeData(params, ANN), ANN)).toEqual(params);
  });

  it('take the time zone from the options of the file', () => {
    const described = describeData(OWN_ROWS, ANN);
    const recorded = { ...described, options: { ...described.options, timezone: 'Europe/Kyiv' } };

    expect(recoverData(recorded, ANN)).toEqual({ ...OWN_ROWS, timeZone: 'Europe/Kyiv' });
  });

  it('show whose rows they are only where that is not the owner', () => {
    expect(describeData(OWN_ROWS, ANN).options).not.toHaveProperty('user_id');
    expect(describeData({ ...OWN_ROWS, subject: 'ben' }, ANN).options).toMatchObject({ user_id: 'ben' });
    expect(describeData(TABLES, ANN).options).toEqual({ tables: ['users'], columns: ['id'] });
  });
});
