import { isName, MAX_NAME_LENGTH } from '../../platform/auth/principal';
import { CommandLine, JSON_OPTION } from '../../platform/program/command-line';

const commandLine = new CommandLine(`Usage: npm run customer -- <command> [--json]
  create --name <name> [--tenant <id>]   create an external system and print its id and secret
  rotate <id> [--grace 24h]              replace the secret; the previous one is valid for the grace period (s, m, h, d; 0 for none)
  disable <id>                           reject its credentials
  enable <id>                            accept its credentials again
  list                                   list all external systems`);

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const MAX_GRACE_SECONDS = 366 * SECONDS.d;

export type CustomerCommand = { readonly json: boolean } & (
  | { readonly name: 'create'; readonly customerName: string; readonly tenantId: string | null }
  | { readonly name: 'rotate'; readonly id: string; readonly graceSeconds: number }
  | { readonly name: 'disable' | 'enable'; readonly id: string }
  | { readonly name: 'list' }
);

/** @returns the usage if the arguments ask for it, or `null` */
export function usageFor(args: readonly string[]): string | null {
  return commandLine.usageFor(args);
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
      const { values, positionals } = commandLine.read(args, { json: JSON_OPTION });
      return { name, id: commandLine.onlyId(name, 'customer', positionals), json: values.json };
    }
    case 'list': {
      const { values, positionals } = commandLine.read(args, { json: JSON_OPTION });
      commandLine.refuseMore(positionals);
      return { name, json: values.json };
    }
    case undefined:
    default:
      return commandLine.unknown(name);
  }
}

function readCreate(args: readonly string[]): CustomerCommand {
  const { values, positionals } = commandLine.read(args, {
    json: JSON_OPTION,
    name: { type: 'string' },
    tenant: { type: 'string' },
  });
  commandLine.refuseMore(positionals);
  const { name, tenant, json } = values;
  const rule = `must have 1 to ${MAX_NAME_LENGTH} characters`;
  if (!isName(name) || name.trim() === '') throw commandLine.error(`--name is needed, and ${rule}.`);
  if (tenant !== undefined && !isName(tenant)) throw commandLine.error(`--tenant ${rule}.`);
  return { name: 'create', customerName: name, tenantId: tenant ?? null, json };
}

function readRotate(args: readonly string[]): CustomerCommand {
  const { values, positionals } = commandLine.read(args, {
    json: JSON_OPTION,
    grace: { type: 'string', default: '24h' },
  });
  const id = commandLine.onlyId('rotate', 'customer', positionals);
  return { name: 'rotate', id, graceSeconds: parseGrace(values.grace), json: values.json };
}

function parseGrace(grace: string): number {
  const [, amount, unit] = /^(\d{1,9})([smhd])$/.exec(grace === '0' ? '0s' : grace) ?? [];
  const seconds = Number(amount) * SECONDS[unit as keyof typeof SECONDS];
  if (seconds <= MAX_GRACE_SECONDS) return seconds;
  throw commandLine.error('--grace must be 0, or a duration such as 90s, 30m, 24h or 7d, at most 366 days.');
}
