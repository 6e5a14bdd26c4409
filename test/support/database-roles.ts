import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { type ProgramRun, runBuilt } from './program';
import { createBlankDatabase } from './test-database';

/** A database as in production: one role owns the tables, one runs the service, and one reads what is exported. */
export class DatabaseWithRoles {
  private constructor(
    /** As the superuser of the test server. */
    readonly adminUrl: string,
    readonly ownerUrl: string,
    readonly applicationUrl: string,
    readonly readerUrl: string,
    private readonly roles: readonly string[],
    private readonly dropDatabase: () => Promise<void>,
  ) {}

  static async create(): Promise<DatabaseWithRoles> {
    const database = await createBlankDatabase();
    const { url } = database;
    const suffix = randomBytes(4).toString('hex');
    const roles = ['owner', 'app', 'reader'].map((name) => `${name}_${suffix}`);
    const [owner = '', application = '', reader = ''] = roles;
    await withClient(url, async (client) => {
      for (const role of roles) await client.query(`CREATE ROLE ${role} LOGIN PASSWORD '${role}'`);
      await client.query(`ALTER DATABASE ${new URL(url).pathname.slice(1)} OWNER TO ${owner}`);
    });
    const as = (role: string) => {
      const own = new URL(url);
      [own.username, own.password] = [role, role];
      return own.href;
    };
    return new DatabaseWithRoles(url, as(owner), as(application), as(reader), roles, () => database.drop());
  }

  /** The variables of the service and of the program that migrates. */
  get environment() {
    return {
      DATABASE_URL: this.applicationUrl,
      EXPORT_DATABASE_URL: this.readerUrl,
      MIGRATION_DATABASE_URL: this.ownerUrl,
    };
  }

  migrate(variables: Readonly<Record<string, string>> = this.environment): Promise<ProgramRun> {
    return runBuilt('migrate', [], variables);
  }

  async drop(): Promise<void> {
    await this.dropDatabase();
    const server = new URL(this.adminUrl);
    server.pathname = '/postgres';
    await withClient(server.href, async (client) => {
      for (const role of this.roles) await client.query(`DROP ROLE ${role}`);
    });
  }
}

/** Runs work on a connection of its own. */
export async function withClient<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
