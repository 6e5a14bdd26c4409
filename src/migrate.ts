import { join } from 'node:path';
import { runMigrations } from 'bullmq';
import { Client } from 'pg';
import { errorMessage } from './platform/async';
import { Config, type MigrationConfig } from './platform/config/config';
import { grantDatabaseRights } from './platform/database/database-rights';
import { applyMigrations } from './platform/database/migrations';
import { POSTGRES_SCHEMA } from './platform/queue/queue-connections';

/** `npm run migrate`: applies migrations, creates the queue's tables, and grants the roles of the service their rights. */
async function main(): Promise<void> {
  const config = Config.migrationOfProcess();
  const applied = await applyMigrations(config.url, join(__dirname, '..', 'prisma', 'migrations'));
  process.stdout.write(applied.length === 0 ? 'The database is up to date.\n' : `Applied ${applied.join(', ')}.\n`);
  const client = new Client({ connectionString: config.url });
  await client.connect();
  try {
    // Otherwise each process would create them at its start, and one that does not own the schema could not.
    if (config.queueIsInPostgres) await runMigrations(client, POSTGRES_SCHEMA);
    if (config.application !== undefined) await grantRights(client, config, config.application);
  } finally {
    await client.end();
  }
}

async function grantRights(client: Client, config: MigrationConfig, application: string): Promise<void> {
  const { reader } = config;
  const queueSchema = config.queueIsInPostgres ? POSTGRES_SCHEMA : undefined;
  const warnings = await grantDatabaseRights(client, { application, reader, queueSchema });
  const roles = [application, ...(reader === undefined ? [] : [reader])].join(' and ');
  process.stdout.write(`Granted rights to ${roles}.\n`);
  for (const warning of warnings) process.stderr.write(`${warning}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${errorMessage(error)}\n`);
  process.exitCode = 1;
});
