import { migrationOf } from './config';

const url = (role: string, host = 'db.example.com') => `postgresql://${role}:pass@${host}/exports`;
const OWNER = url('owner');
const APP = url('app');

describe('The configuration of a migration', () => {
  it('connects as the service does where no owner is named, and has no roles to care for', () => {
    expect(migrationOf({ DATABASE_URL: APP, EXPORT_DATABASE_URL: url('reader') })).toMatchObject({
      url: APP,
      application: undefined,
    });
  });

  it('connects as the owner, and takes the other roles from their URLs', () => {
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

  it('needs no other URL than that of the owner', () => {
    expect(migrationOf({ MIGRATION_DATABASE_URL: OWNER })).toMatchObject({ url: OWNER, application: undefined });
  });

  it.each([
    ['the service itself', APP],
    ['the owner', OWNER],
  ])('has no reader where that is %s', (_, reader) => {
    const variables = { MIGRATION_DATABASE_URL: OWNER, DATABASE_URL: APP, EXPORT_DATABASE_URL: reader };

    expect(migrationOf(variables).reader).toBeUndefined();
  });

  it.each([
    [{}, 'DATABASE_URL is missing'],
    [{ MIGRATION_DATABASE_URL: 'mysql://db' }, 'MIGRATION_DATABASE_URL must be a URL that begins with postgres://'],
  ])('says what is wrong: %j', (variables, problem) => {
    expect(() => migrationOf(variables)).toThrow(problem);
  });
});
