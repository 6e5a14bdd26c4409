import { join } from 'node:path';
import { Config } from './platform/config/config';
import { applyMigrations } from './platform/prisma/migrations';

/** `npm run migrate`: brings the database of DATABASE_URL up to date. */
async function main(): Promise<void> {
  const databaseUrl = Config.databaseUrlOfProcess();
  const applied = await applyMigrations(databaseUrl, join(__dirname, '..', 'prisma', 'migrations'));
  process.stdout.write(applied.length === 0 ? 'The database is up to date.\n' : `Applied ${applied.join(', ')}.\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
