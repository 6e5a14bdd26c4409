import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { type AuditMonths, AuditLogPartitions } from './platform/audit/audit-log-partitions';
import { Config } from './platform/config/config';

const USAGE = `Usage: npm run audit -- <command>
  list                                  the months of the audit log, with their entries and sizes
  prune --keep-months <n> [--dry-run]   removes months that are more than n months before the current one

It connects as the owner of the tables: MIGRATION_DATABASE_URL, or DATABASE_URL where that is not set.
`;

const MAX_KEPT_MONTHS = 1_200;

class UsageError extends Error {
  constructor(problem: string) {
    super(`${problem}\n\n${USAGE}`);
  }
}

interface Command {
  readonly name: 'list' | 'prune' | 'help';
  readonly keepMonths: number;
  readonly isDryRun: boolean;
}

/** `npm run audit`: shows how the audit log grows, and removes old months of it. */
async function main(args: readonly string[]): Promise<void> {
  const command = readCommand(args);
  if (command.name === 'help') {
    process.stdout.write(USAGE);
    return;
  }
  const client = new Client({ connectionString: Config.migrationOfProcess().url });
  await client.connect();
  try {
    process.stdout.write(await run(command, new AuditLogPartitions(client)));
  } finally {
    await client.end();
  }
}

async function run({ name, ...options }: Command, log: AuditLogPartitions): Promise<string> {
  if (name === 'list') return linesOf(await log.list());
  const pruned = await log.prune(options);
  if (pruned.length === 0) return 'There is no month to remove.\n';
  return `${options.isDryRun ? 'Would remove' : 'Removed'}:\n${linesOf(pruned)}`;
}

function linesOf(months: readonly AuditMonths[]): string {
  return months
    .map(({ name, months: covered, rows, bytes }) => {
      const size = `${(bytes / 1024 / 1024).toFixed(1)} MB`;
      return `${(covered || 'no entries').padEnd(20)}  ${String(rows).padStart(12)}  ${size.padStart(12)}  ${name}\n`;
    })
    .join('');
}

function readCommand([name, ...args]: readonly string[]): Command {
  if (name === 'help' || [name, ...args].some((word) => word === '--help' || word === '-h'))
    return { name: 'help', keepMonths: 0, isDryRun: false };
  if (name !== 'list' && name !== 'prune') {
    throw new UsageError(name === undefined ? 'Say what to do.' : `There is no command ${JSON.stringify(name)}.`);
  }
  const { 'keep-months': kept, 'dry-run': isDryRun } = optionsOf(args);
  if (name === 'list') return { name, keepMonths: 0, isDryRun: true };
  const keepMonths = /^\d+$/.test(kept ?? '') ? Number(kept) : NaN;
  if (!(keepMonths >= 1 && keepMonths <= MAX_KEPT_MONTHS)) {
    throw new UsageError(`--keep-months must be a number from 1 to ${MAX_KEPT_MONTHS}.`);
  }
  return { name, keepMonths, isDryRun };
}

function optionsOf(args: readonly string[]): { 'keep-months'?: string; 'dry-run': boolean } {
  try {
    const options = {
      'keep-months': { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
    } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
