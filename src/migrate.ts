import { join } from 'node:path';
import { runMigrations } from 'bullmq';
import { Client } from 'pg';
import { errorMessage } from './platform/async';
import { Config, type MigrationConfig } from './platform/config/config';
import { grantDatabaseRights } from './platform/database/database-rights';
import { applyMigrations } from './platform/database/migrations';
import { POSTGRES_SCHEMA } from './platform/queue/queue-connections';

/** `npm run migrate`: applies migrations, and grants the roles of the service their rights. */
async function main(): Promise<void> {
  const config = Config.migrationOfProcess();
  const applied = await applyMigrations(config.url, join(__dirname, '..', 'prisma', 'migrations'));
  process.stdout.write(applied.length === 0 ? 'The database is up to date.\n' : `Applied ${applied.join(', ')}.\n`);
  if (config.application !== undefined) await prepareRoles(config, config.application);
}

/** A service that does not own its tables can neither create the queue's tables nor grant rights. */
async function prepareRoles({ url, reader, queueIsInPostgres }: MigrationConfig, application: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    if (queueIsInPostgres) await runMigrations(client, POSTGRES_SCHEMA);
    const queueSchema = queueIsInPostgres ? POSTGRES_SCHEMA : undefined;
    const warnings = await grantDatabaseRights(client, { application, reader, queueSchema });
    const roles = [application, ...(reader === undefined ? [] : [reader])].join(' and ');
    process.stdout.write(`Granted rights to ${roles}.\n`);
    for (const warning of warnings) process.stderr.write(`${warning}\n`);
  } finally {
    await client.end();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${errorMessage(error)}\n`);
  process.exitCode = 1;
});
