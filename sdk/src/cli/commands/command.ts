import { type Command, Option } from 'commander';
import type { ExportClient } from '../../index.js';
import type { Context } from '../context.js';

/** Makes the action of a command: it gets the context, then the arguments and the options. */
export type Run = <Args extends unknown[]>(
  act: (context: Context, ...args: Args) => Promise<void> | void,
) => (...args: [...Args, ...unknown[]]) => Promise<void>;

/** The same for commands that use the service. */
export type RunWithClient = <Args extends unknown[]>(
  act: (context: Context & { readonly client: ExportClient }, ...args: Args) => Promise<void>,
) => (...args: [...Args, ...unknown[]]) => Promise<void>;

/** Values that completion offers though others are allowed. */
const suggestions = new WeakMap<Option, readonly string[]>();

export function suggestedValues(option: Option): readonly string[] {
  return option.argChoices ?? suggestions.get(option) ?? [];
}

/** An option whose values completion offers. */
export function optionWithSuggestions(flags: string, description: string, values: readonly string[]): Option {
  const option = new Option(flags, description);
  suggestions.set(option, values);
  return option;
}

/** Collects the values of a repeated option. */
export function collect(value: string, previous: readonly string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

/** Adds examples to the help of a command: what they do, by the command line. */
export function addExamples(command: Command, examples: Readonly<Record<string, string>>): Command {
  const lines = Object.entries(examples).map(([line, does]) => `  # ${does}\n  $ export-service ${line}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}
