import { migrationOf } from './config';

const url = (role: string, host = 'db.example.com') => `postgresql://${role}:pass@${host}/exports`;
const OWNER = url('owner');
const APP = url('app');

describe('Migration settings', () => {
  it('use the service’s connection without an owner, and grant nothing', () => {
    expect(migrationOf({ DATABASE_URL: APP, EXPORT_DATABASE_URL: url('reader') })).toMatchObject({
      url: APP,
      application: undefined,
    });
  });

  it('connect as the owner and read the other roles from their URLs', () => {
    const variables = {
      MIGRATION_DATABASE_URL: OWNER,
      DATABASE_URL: APP,
      EXPORT_DATABASE_URL: url('export%20reader', 'replica.example.com'),
    };

    expect(migrationOf(variables)).toEqual({
      url: OWNER,
      application: 'app',
      reader: 'export reader',
      queueIsInPostgres: true,
    });
    expect(migrationOf({ ...variables, REDIS_URL: 'redis://localhost' }).queueIsInPostgres).toBe(false);
  });

  it('require the URL of the owner only', () => {
    expect(migrationOf({ MIGRATION_DATABASE_URL: OWNER })).toMatchObject({ url: OWNER, application: undefined });
  });

  it.each([
    ['the service itself', APP],
    ['the owner', OWNER],
  ])('have no reader if it is %s', (_, reader) => {
    const variables = { MIGRATION_DATABASE_URL: OWNER, DATABASE_URL: APP, EXPORT_DATABASE_URL: reader };

    expect(migrationOf(variables).reader).toBeUndefined();
  });

  it.each([
    [{}, 'DATABASE_URL is missing'],
    [{ MIGRATION_DATABASE_URL: 'mysql://db' }, 'MIGRATION_DATABASE_URL must be a URL that begins with postgres://'],
  ])('explain what is wrong: %j', (variables, problem) => {
    expect(() => migrationOf(variables)).toThrow(problem);
  });
});
