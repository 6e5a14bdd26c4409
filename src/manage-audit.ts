import { Client } from 'pg';
import { type AuditMonths, AuditLogPartitions, type PruneOptions } from './platform/audit/audit-log-partitions';
import { Config } from './platform/config/config';
import { CommandLine } from './platform/program/command-line';
import { runProgram } from './platform/program/run-program';

const commandLine = new CommandLine(`Usage: npm run audit -- <command>
  list                                  the months of the audit log, with their entries and sizes
  prune --keep-months <n> [--dry-run]   removes months that are more than n months before the current one

It connects as the owner of the tables: MIGRATION_DATABASE_URL, or DATABASE_URL where that is not set.`);

const MAX_KEPT_MONTHS = 1_200;

type Command = { readonly name: 'list' } | ({ readonly name: 'prune' } & PruneOptions);

/** @throws UsageError */
function readCommand([name, ...args]: readonly string[]): Command {
  switch (name) {
    case 'list':
      commandLine.refuseMore(commandLine.read(args, {}).positionals);
      return { name };
    case 'prune': {
      const { values, positionals } = commandLine.read(args, {
        'keep-months': { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
      });
      commandLine.refuseMore(positionals);
      const keepMonths = /^\d+$/.test(values['keep-months'] ?? '') ? Number(values['keep-months']) : NaN;
      if (keepMonths >= 1 && keepMonths <= MAX_KEPT_MONTHS) return { name, keepMonths, isDryRun: values['dry-run'] };
      throw commandLine.error(`--keep-months must be a number from 1 to ${MAX_KEPT_MONTHS}.`);
    }
    case undefined:
    default:
      return commandLine.unknown(name);
  }
}

async function run(args: readonly string[]): Promise<string> {
  const command = readCommand(args);
  const client = new Client({ connectionString: Config.migrationOfProcess().url });
  await client.connect();
  try {
    return await outputOf(command, new AuditLogPartitions(client));
  } finally {
    await client.end();
  }
}

async function outputOf(command: Command, log: AuditLogPartitions): Promise<string> {
  if (command.name === 'list') return linesOf(await log.list());
  const pruned = await log.prune(command);
  if (pruned.length === 0) return 'There is no month to remove.\n';
  return `${command.isDryRun ? 'Would remove' : 'Removed'}:\n${linesOf(pruned)}`;
}

function linesOf(months: readonly AuditMonths[]): string {
  return months
    .map(({ name, months: covered, rows, bytes }) => {
      const size = `${(bytes / 1024 / 1024).toFixed(1)} MB`;
      return `${(covered || 'no entries').padEnd(20)}  ${String(rows).padStart(12)}  ${size.padStart(12)}  ${name}\n`;
    })
    .join('');
}

/** `npm run audit`: lists the months of the audit log, and removes old ones. */
void runProgram((args) => commandLine.usageFor(args), { run });
