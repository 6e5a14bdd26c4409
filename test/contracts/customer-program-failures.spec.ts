import { randomUUID } from 'node:crypto';
import { CustomerProgram } from '../../src/customer';
import { UsageError } from '../../src/platform/program/command-line';
import { toProgramFailure } from '../../src/platform/program/program-failure';
import { PrismaCustomerRepository } from '../../src/customer/infrastructure/customer.repository.prisma';
import { CustomerAdministration } from '../../src/customer/model/services/customer-administration';
import { Environment } from '../../src/platform/config/environment';
import { PrismaService } from '../../src/platform/database/prisma.service';
import { freePort } from '../support/service';
import { createEmptyDatabase, type TestDatabase } from '../support/test-database';

const UNREACHABLE = /^The database does not answer: .*DATABASE_URL/;

/** What PostgreSQL, its driver and Prisma really say, put into words that help the operator. */
describe('The error messages of npm run customer', () => {
  let empty: TestDatabase;

  beforeAll(async () => {
    empty = await createEmptyDatabase('UTF8');
  });

  afterAll(() => empty.drop());

  function changed(change: (database: URL) => void): string {
    const database = new URL(empty.url);
    change(database);
    return database.href;
  }

  /** @returns what the program throws when it works on such a database */
  async function failureOn(url: string, command: readonly string[]): Promise<unknown> {
    const prisma = new PrismaService(url, 'program');
    const program = new CustomerProgram(new CustomerAdministration(new PrismaCustomerRepository(prisma)));
    try {
      return await program.run(command).catch((error: unknown) => error);
    } finally {
      await prisma.$disconnect();
    }
  }

  const commands = [
    ['create', '--name', 'Lost'],
    ['rotate', randomUUID()],
    ['disable', randomUUID()],
    ['list', '--json'],
  ];

  it.each<[string, () => string | Promise<string>, RegExp]>([
    ['nobody listens', async () => `postgresql://me:word@127.0.0.1:${await freePort()}/none`, UNREACHABLE],
    ['the host has no address', () => changed((url) => (url.hostname = 'no-such-host.invalid')), UNREACHABLE],
    ['there are no tables', () => empty.url, /^The database is not up to date: run `npm run migrate` first\.$/],
    [
      'there is no such database',
      () => changed((url) => (url.pathname = '/nowhere_to_be_found')),
      /^There is no database of the name that DATABASE_URL has: create it, or put the name right\.$/,
    ],
    [
      'the user is unknown',
      () => changed((url) => (url.username = 'nobody_we_know')),
      /^The database refuses the user and password that DATABASE_URL has\.$/,
    ],
  ])('explain the problem if %s, for every command', async (_, database, message) => {
    const url = await database();

    for (const command of commands) {
      const failure = toProgramFailure(await failureOn(url, command));

      expect([command[0], failure.exitCode]).toEqual([command[0], 1]);
      expect(failure.message).toMatch(message);
    }
  });

  it.each([
    [{}, 'DATABASE_URL is missing'],
    [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL must be a URL'],
  ])('explain an invalid configuration: %j', (variables, message) => {
    const failure = toProgramFailure(thrownBy(() => Environment.databaseUrl(variables)));

    expect(failure).toEqual({ exitCode: 1, message: expect.stringContaining(message) });
  });

  it('come with another exit code for an invalid command line', () => {
    expect(toProgramFailure(new UsageError('No.', 'Usage: so.'))).toEqual({
      exitCode: 2,
      message: expect.stringMatching(/^No\.\n\nUsage:/),
    });
  });
});

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
