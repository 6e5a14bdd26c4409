import { type Command, Option } from 'commander';
import { API, type OptionDescription } from '../../generated/cli-description.js';
import { FILTER_SYNTAX, splitList } from '../filters.js';
import type { ExportKind } from '../request.js';
import { collect, optionWithSuggestions } from './command.js';

const KINDS = Object.keys(API.kinds) as ExportKind[];

/** Adds what names an export: the same for `export` and `estimate`. */
export function addRequestOptions(command: Command): Command {
  command
    .optionsGroup('What to export:')
    .option('--data-types <names>', 'some of your data types, such as profile,payments', collectList)
    .option('--all', 'all your data types')
    .option('--table <names>', 'whole tables, for administrators', collectList)
    .option('--board <id>', 'a board; repeat it for several boards in one file', collect)
    .option('--event <id>', 'the results of an event')
    .optionsGroup('Rows:')
    .option('--columns <names>', 'such as id,amount; with several tables <table>.<column>', collectList)
    .option('--filter <condition>', `${FILTER_SYNTAX}; repeatable`, collect)
    .option('--since <time>', 'created at this time or later: 2026-01-31, yesterday, now-7d, now-1M/M')
    .option('--until <time>', 'created at this time or earlier; a day includes all of it')
    .option('--user <id>', 'the data of another user, for administrators');
  return addFileOptions(command, KINDS);
}

/** Adds what shapes the file of these kinds of exports. */
export function addFileOptions(command: Command, kinds: readonly ExportKind[]): Command {
  const formats = unique(kinds.flatMap((kind) => API.kinds[kind].formats));
  const assignments = kinds.flatMap((kind) => Object.entries(API.kinds[kind].options).flatMap(toAssignments));
  command
    .optionsGroup('The file:')
    .addOption(new Option('--format <format>', 'the format of the file').choices(formats))
    .addOption(
      optionWithSuggestions(
        '--option <name=value>',
        'an option of the format; repeatable',
        unique(assignments),
      ).argParser(collect),
    )
    .addHelpText('after', () => describeKinds(kinds));
  if (!kinds.some((kind) => API.kinds[kind].hasOneTime)) return command;
  return command
    .option('--one-time', 'results: the first complete download deletes the file')
    .option('--no-one-time', 'results: keep the file for its retention period');
}

const FLAGS: Readonly<Record<ExportKind, string>> = {
  rows: '--data-types, --all',
  tables: '--table',
  board: '--board',
  boards: 'several --board',
  results: '--event',
};

/** The formats and options of each kind of export, as the API describes them. */
function describeKinds(kinds: readonly ExportKind[]): string {
  const flagsByText = new Map<string, string[]>();
  for (const kind of kinds) {
    const text = describeKind(kind);
    flagsByText.set(text, [...(flagsByText.get(text) ?? []), FLAGS[kind]]);
  }
  return [...flagsByText].map(([text, flags]) => `\nFormats and options of ${flags.join(', ')}:\n${text}`).join('\n');
}

function describeKind(kind: ExportKind): string {
  const { formats, defaultFormat, options } = API.kinds[kind];
  const shown = formats.map((format) => (format === defaultFormat ? `${format} (default)` : format));
  const lines = Object.entries(options).map(([name, { values, description }]) => {
    const choice = values ? ` [${values.map((value) => (value === '\t' ? '\\t' : value)).join(' ')}]` : '';
    return `  ${name.padEnd(12)}  ${description}${choice}`;
  });
  return [`  ${shown.join(', ')}`, ...lines].join('\n');
}

/** What completion offers for an option: `bom=true`, or `timezone=` where the values are not words. */
function toAssignments([name, { values }]: [string, OptionDescription]): string[] {
  const words = values?.filter((value) => /^\w+$/.test(value)) ?? [];
  return words.length > 0 ? words.map((word) => `${name}=${word}`) : [`${name}=`];
}

function collectList(value: string, previous: readonly string[] | undefined): string[] {
  return [...(previous ?? []), ...splitList(value)];
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
