import { API, type OptionDescription } from '../generated/cli-description.js';
import { groupColumns, groupFilters } from './filters.js';
import { UsageError } from './errors.js';
import type { ExportRequest } from '../index.js';

/** What of an export the command line names: see request-options.ts. */
export interface RequestArguments {
  readonly dataTypes?: readonly string[];
  readonly all?: boolean;
  readonly table?: readonly string[];
  readonly board?: string | readonly string[];
  readonly event?: string;
  readonly user?: string;
  readonly columns?: readonly string[];
  readonly filter?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly format?: string;
  readonly option?: readonly string[];
  readonly oneTime?: boolean;
}

export type ExportKind = keyof typeof API.kinds;

/** The tables of data types, by the catalog: of all data types where none are named. */
export type FindTables = (dataTypes: readonly string[] | undefined) => Promise<readonly string[]>;

/** Makes the request for an export of the arguments. */
export async function toExportRequest(args: RequestArguments, findTables: FindTables): Promise<ExportRequest> {
  const kind = findKind(args);
  rejectForeignArguments(args, kind);
  const common = {
    ...(args.format !== undefined && { format: args.format }),
    ...(args.option?.length && { options: parseOptions(args.option, kind) }),
  };
  // The service validates what the types of the API narrow, such as the format of this kind of export.
  const body = { ...(await selectSource(args, kind, findTables)), ...common };
  return body as ExportRequest;
}

async function selectSource(args: RequestArguments, kind: ExportKind, findTables: FindTables): Promise<object> {
  const { board = [], event, oneTime, table = [] } = args;
  switch (kind) {
    case 'board':
      return { board: toList(board)[0] };
    case 'boards':
      return { boards: toList(board) };
    case 'results':
      return { event, ...(oneTime !== undefined && { one_time: oneTime }) };
    case 'tables':
      return { tables: table, ...(await selectRows(args, () => Promise.resolve(table))) };
    case 'rows':
      return { ...selectOwner(args), ...(await selectRows(args, () => findTables(args.dataTypes))) };
  }
}

function toList(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}

function selectOwner({ dataTypes, user }: RequestArguments): object {
  return {
    type: dataTypes ? 'partial' : 'full',
    ...(dataTypes && { data_types: dataTypes }),
    ...(user !== undefined && { user_id: user }),
  };
}

async function selectRows(args: RequestArguments, findTables: () => Promise<readonly string[]>): Promise<object> {
  const { columns = [], filter = [], since, until } = args;
  const tables = columns.length + filter.length > 0 ? await findTables() : [];
  const filters = {
    ...groupFilters(filter, tables),
    ...(since !== undefined && { dateFrom: since }),
    ...(until !== undefined && { dateTo: until }),
  };
  return {
    ...(Object.keys(filters).length > 0 && { filters }),
    ...(columns.length > 0 && { columns: groupColumns(columns, tables) }),
  };
}

const SELECTORS: readonly [keyof RequestArguments, ExportKind, string][] = [
  ['dataTypes', 'rows', '--data-types'],
  ['all', 'rows', '--all'],
  ['table', 'tables', '--table'],
  ['board', 'board', '--board'],
  ['event', 'results', '--event'],
];

/** The arguments that only some kinds of exports have. */
const RESTRICTED: readonly [keyof RequestArguments, string, readonly ExportKind[]][] = [
  ['columns', '--columns', ['rows', 'tables']],
  ['filter', '--filter', ['rows', 'tables']],
  ['since', '--since', ['rows', 'tables']],
  ['until', '--until', ['rows', 'tables']],
  ['user', '--user', ['rows']],
  ['oneTime', '--one-time', (Object.keys(API.kinds) as ExportKind[]).filter((kind) => API.kinds[kind].hasOneTime)],
];

function findKind(args: RequestArguments): ExportKind {
  const given = SELECTORS.filter(([name]) => args[name] !== undefined);
  const [only, ...others] = given;
  if (only && others.length === 0)
    return only[1] === 'board' && toList(args.board ?? []).length > 1 ? 'boards' : only[1];
  const flags = (only ? given : SELECTORS).map(([, , flag]) => flag).join(', ');
  throw new UsageError(only ? `Use one of ${flags}, not several.` : `Name what to export: one of ${flags}.`);
}

function rejectForeignArguments(args: RequestArguments, kind: ExportKind): void {
  for (const [name, flag, kinds] of RESTRICTED) {
    if (args[name] === undefined || kinds.includes(kind)) continue;
    const flags = SELECTORS.filter(([, of]) => kinds.includes(of)).map(([, , selector]) => selector);
    throw new UsageError(`${flag} is only for exports with ${flags.join(', ')}: leave it out.`);
  }
  if (!args.format && API.kinds[kind].defaultFormat === undefined) {
    throw new UsageError(`Name a format: --format ${API.kinds[kind].formats.join(' | ')}.`);
  }
}

/** Parses `bom=true` by the types that the API describes. */
export function parseOptions(pairs: readonly string[], kind: ExportKind): Record<string, unknown> {
  const described = new Map<string, OptionDescription>(Object.entries(API.kinds[kind].options));
  return Object.fromEntries(pairs.map((pair) => parseOption(pair, described)));
}

function parseOption(pair: string, described: ReadonlyMap<string, OptionDescription>): [string, unknown] {
  const [name = '', ...rest] = pair.split('=');
  const option = described.get(name);
  if (!option) {
    throw new UsageError(
      `There is no option ${JSON.stringify(name)} for this export. Options are ${[...described.keys()].join(', ')}.`,
    );
  }
  const value = rest.join('=');
  if (rest.length === 0 || value === '')
    throw new UsageError(`Give the option a value: --option ${name}=${option.values?.[0] ?? '…'}`);
  return [name, convert(name, value, option)];
}

function convert(name: string, value: string, { type }: OptionDescription): unknown {
  switch (type) {
    case 'boolean':
      if (value === 'true' || value === 'false') return value === 'true';
      throw new UsageError(`The option ${name} is true or false: --option ${name}=true`);
    case 'number':
      if (Number.isFinite(Number(value))) return Number(value);
      throw new UsageError(`The option ${name} is a number: --option ${name}=2`);
    case 'string':
      // A tab can hardly be typed in a shell.
      return value === '\\t' ? '\t' : value;
  }
}
