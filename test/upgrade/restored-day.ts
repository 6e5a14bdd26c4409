import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { Client as Database } from 'pg';
import type { Client } from '../support/client';
import { Installation } from '../support/installation';
import { MailServer } from '../support/mail-server';
import { ObjectServer } from '../support/object-server';
import { createBlankDatabase } from '../support/test-database';
import { until } from '../support/until';
import { WebhookReceiver } from '../support/webhook-receiver';
import { type Day, DAY_FOLDER, type Principal, readDay } from './day';
import { clientOf } from './recording/recorder';

const run = promisify(execFile);
const projectRoot = join(__dirname, '../..');

/** What the service writes by the clock. The platform's tables stay as they were. */
const SERVICE_TABLES = [
  'exports',
  'export_audit_log',
  'export_deliveries',
  'export_data_types',
  'delivered_objects',
  'sweeps',
  'scheduled_exports',
  'scheduled_export_runs',
  'idempotency_keys',
  'solo_sessions',
  'customers',
  'customer_failures',
];

/**
 * A day of use as the last release left it, in a database and a storage of its own, brought up to date by `npm run migrate`.
 * All moments are later by the time that has passed since: the upgrade comes right after the day, whenever it is tested.
 */
export class RestoredDay {
  private constructor(
    readonly day: Day,
    readonly installation: Installation,
    readonly receiver: WebhookReceiver,
    readonly bucket: ObjectServer,
    readonly mail: MailServer,
    private readonly dropDatabase: () => Promise<void>,
  ) {}

  static async restore(folder = DAY_FOLDER): Promise<RestoredDay> {
    const day = readDay(folder);
    const database = await createBlankDatabase();
    await load(database.url, gunzipSync(readFileSync(join(folder, 'database.sql.gz'))).toString('utf8'), day);
    const receiver = await whenPortIsFree(() => WebhookReceiver.start(day.webhookPort));
    const bucket = await whenPortIsFree(() => ObjectServer.start({ credentials: day.bucket, port: day.bucketPort }));
    for (const [name, object] of Object.entries(day.bucket.objects)) bucket.objects.set(name, object);
    const mail = await MailServer.start();
    const installation = await Installation.on(database.url, {
      ...day.environment,
      STORAGE: 'disk',
      PUBLIC_URL: undefined,
      SMTP_URL: mail.url,
      EXPORT_LEASE_SECONDS: '3',
      // 0.1.0, which recorded the day, trusted it without a setting.
      TRUSTED_PROXIES: 'loopback',
    });
    await run('tar', ['-xzf', join(folder, 'files.tar.gz'), '-C', installation.storageFolder]);
    return new RestoredDay(day, installation, receiver, bucket, mail, () => database.drop());
  }

  /** Brings the database up to date as an operator does, by the program that is run before a new version starts. */
  async migrate(): Promise<void> {
    const env = { PATH: process.env['PATH'], DATABASE_URL: this.installation.database.url };
    await run(process.execPath, [join(projectRoot, 'dist/migrate.js')], { env });
  }

  /** Somebody of that day, at the new service. */
  as(principal: Principal): Promise<Client> {
    return clientOf(this.installation.services[0]!.url, principal, this.day.environment['JWT_SECRET']!);
  }

  /** The requests of a webhook, each delivery by its id. */
  received(id: string): WebhookReceiver['received'] {
    return this.receiver.received.filter(({ headers }) => headers['webhook-id'] === id);
  }

  async remove(): Promise<void> {
    // No message is interrupted.
    await Promise.all(this.installation.services.map((service) => service.kill('SIGTERM')));
    await this.installation.remove();
    await this.dropDatabase();
    await Promise.all([this.receiver.stop(), this.bucket.stop(), this.mail.close()]);
  }
}

async function load(url: string, sql: string, { dumpedAt }: Day): Promise<void> {
  const client = new Database({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
    await client.query('BEGIN');
    await client.query('ALTER TABLE export_audit_log DISABLE TRIGGER export_audit_log_append_only');
    for (const table of SERVICE_TABLES) await shift(client, table, dumpedAt);
    await client.query('ALTER TABLE export_audit_log ENABLE ALWAYS TRIGGER export_audit_log_append_only');
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

async function shift(client: Database, table: string, since: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT quote_ident(attname) AS name FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND atttypid = 'timestamptz'::regtype`,
    [table],
  );
  if (rows.length === 0) return;
  const set = rows.map(({ name }) => `${name} = ${name} + (now() - $1::timestamptz)`);
  await client.query(`UPDATE ${table} SET ${set.join(', ')}`, [since]);
}

/** The addresses of that day name these ports; another run of this test may have them for a while. */
function whenPortIsFree<Server>(start: () => Promise<Server>): Promise<Server> {
  return until(
    'the port is free',
    async () => {
      try {
        return await start();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return null;
        throw error;
      }
    },
    { within: 60_000, every: 250 },
  );
}
