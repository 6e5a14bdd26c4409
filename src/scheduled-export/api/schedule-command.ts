import { CommandLine, JSON_OPTION } from '../../platform/program/command-line';

const commandLine = new CommandLine(`Usage: npm run schedules -- <command> [--json]
  list [--owner <user id>] [--tenant <id>]   the schedules of everybody, newest first
  pause <id>                                 lets it run no more until it is resumed
  resume <id>                                lets it run again; not one that only its owner may resume
  delete <id>                                deletes it; what it exported stays as long as it would`);

export type ScheduleCommand = { readonly json: boolean } & (
  | { readonly name: 'list'; readonly ownerId?: string; readonly tenantId?: string }
  | { readonly name: 'pause' | 'resume' | 'delete'; readonly id: string }
);

/** @returns how the program is used, where that is what is asked; else `null` */
export function usageFor(args: readonly string[]): string | null {
  return commandLine.usageFor(args);
}

/** @throws UsageError */
export function readCommand([name, ...args]: readonly string[]): ScheduleCommand {
  switch (name) {
    case 'list': {
      const options = { json: JSON_OPTION, owner: { type: 'string' }, tenant: { type: 'string' } } as const;
      const { values, positionals } = commandLine.read(args, options);
      commandLine.refuseMore(positionals);
      return { name, ownerId: values.owner, tenantId: values.tenant, json: values.json };
    }
    case 'pause':
    case 'resume':
    case 'delete': {
      const { values, positionals } = commandLine.read(args, { json: JSON_OPTION });
      return { name, id: commandLine.onlyId(name, 'schedule', positionals), json: values.json };
    }
    case undefined:
    default:
      return commandLine.unknown(name);
  }
}
