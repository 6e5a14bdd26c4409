import { parseArgs } from 'node:util';
import { isName, LONGEST_NAME } from '../../platform/auth/caller';

const USAGE = `Usage: npm run customer -- <command> [--json]
  create --name <name> [--tenant <id>]   a new external system, with its id and its secret
  rotate <id> [--grace 24h]              another secret; the former one stays right so long (s, m, h, d; 0 ends it now)
  disable <id>                           keeps it out, whatever its secret
  enable <id>                            lets it in again
  list                                   all of them`;

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const LONGEST_GRACE_SECONDS = 366 * SECONDS.d;

/** The command line is not one of this program's. Its message says what is. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(problem: string) {
    super(`${problem}\n\n${USAGE}`);
  }
}

export type CustomerCommand = { readonly json: boolean } & (
  | { readonly name: 'create'; readonly customerName: string; readonly tenantId: string | null }
  | { readonly name: 'rotate'; readonly id: string; readonly graceSeconds: number }
  | { readonly name: 'disable' | 'enable'; readonly id: string }
  | { readonly name: 'list' }
);

/** @returns how the program is used, where that is what is asked; else `null` */
export function usageFor(args: readonly string[]): string | null {
  const isAsked = args[0] === 'help' || args.some((word) => word === '--help' || word === '-h');
  return isAsked ? `${USAGE}\n` : null;
}

/** @throws UsageError */
export function readCommand([name, ...args]: readonly string[]): CustomerCommand {
  switch (name) {
    case 'create':
      return readCreate(args);
    case 'rotate':
      return readRotate(args);
    case 'disable':
    case 'enable': {
      const { values, positionals } = read(args, { json: JSON_OPTION });
      return { name, id: onlyId(name, positionals), json: values.json };
    }
    case 'list': {
      const { values, positionals } = read(args, { json: JSON_OPTION });
      refuseMore(positionals);
      return { name, json: values.json };
    }
    case undefined:
      throw new UsageError('Say what to do.');
    default:
      throw new UsageError(`There is no command ${JSON.stringify(name)}.`);
  }
}

const JSON_OPTION = { type: 'boolean', default: false } as const;

function readCreate(args: readonly string[]): CustomerCommand {
  const { values, positionals } = read(args, {
    json: JSON_OPTION,
    name: { type: 'string' },
    tenant: { type: 'string' },
  });
  refuseMore(positionals);
  const { name, tenant, json } = values;
  const rule = `must have 1 to ${LONGEST_NAME} characters`;
  if (!isName(name) || name.trim() === '') throw new UsageError(`--name is needed, and ${rule}.`);
  if (tenant !== undefined && !isName(tenant)) throw new UsageError(`--tenant ${rule}.`);
  return { name: 'create', customerName: name, tenantId: tenant ?? null, json };
}

function readRotate(args: readonly string[]): CustomerCommand {
  const { values, positionals } = read(args, { json: JSON_OPTION, grace: { type: 'string', default: '24h' } });
  const id = onlyId('rotate', positionals);
  return { name: 'rotate', id, graceSeconds: secondsOf(values.grace), json: values.json };
}

function secondsOf(grace: string): number {
  const [, amount, unit] = /^(\d{1,9})([smhd])$/.exec(grace === '0' ? '0s' : grace) ?? [];
  const seconds = Number(amount) * SECONDS[unit as keyof typeof SECONDS];
  if (seconds <= LONGEST_GRACE_SECONDS) return seconds;
  throw new UsageError('--grace must be like 90s, 30m, 24h or 7d, of 366 days at most, or 0.');
}

function onlyId(command: string, positionals: readonly string[]): string {
  const [id, ...more] = positionals;
  if (id === undefined) throw new UsageError(`${command} needs the id of a customer.`);
  refuseMore(more);
  return id;
}

function refuseMore([unexpected]: readonly string[]): void {
  if (unexpected !== undefined) throw new UsageError(`${JSON.stringify(unexpected)} was not expected.`);
}

function read<const Options extends Record<string, { type: 'boolean' | 'string'; default?: boolean | string }>>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
