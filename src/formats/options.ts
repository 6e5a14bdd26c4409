import type { ContentKind } from './content';

/** The options of an export as a caller sent them. Each source and each writer reads those it declares. */
export type ExportOptions = Readonly<Record<string, unknown>>;

interface OptionBase {
  /** For the API documentation: what a file is like with this option. */
  readonly description: string;
  /** Kinds of content that the option applies to; all that the writer accepts if absent. */
  readonly appliesTo?: readonly ContentKind[];
  /** Why the option cannot be used for a file of several tables; absent if it can. */
  readonly refusedForSeveralTables?: string;
}

interface BooleanOption extends OptionBase {
  readonly type: 'boolean';
  readonly default: boolean;
}

interface ChoiceOption extends OptionBase {
  readonly type: 'choice';
  readonly values: readonly string[];
  /** Absent if leaving the option out is a choice of its own. */
  readonly default?: string;
}

/** An option of a format. The API validates and documents it by this declaration. */
export type FormatOption = BooleanOption | ChoiceOption;
export type FormatOptions = Readonly<Record<string, FormatOption>>;

type OptionValue<Option extends FormatOption> = Option extends ChoiceOption
  ? Option['values'][number] | (Option extends { readonly default: string } ? never : undefined)
  : boolean;

/** The values of declared options. */
export type OptionValues<Options extends FormatOptions> = {
  readonly [Name in keyof Options]: OptionValue<Options[Name]>;
};

/** Reads declared options. A value that is absent or not allowed becomes the default. */
export function readOptions<Options extends FormatOptions>(
  declared: Options,
  given: ExportOptions,
): OptionValues<Options> {
  const values = Object.entries(declared).map(([name, option]): [string, unknown] => {
    const value = given[name];
    return [name, isAllowed(option, value) ? value : option.default];
  });
  return Object.fromEntries(values) as OptionValues<Options>;
}

export function isAllowed(option: FormatOption, value: unknown): boolean {
  return option.type === 'boolean' ? typeof value === 'boolean' : option.values.some((allowed) => allowed === value);
}

/** What a value must be, for error messages. */
export function describeAllowed(option: FormatOption): string {
  if (option.type === 'boolean') return 'true or false';
  const values = option.values.map((value) => JSON.stringify(value));
  return values.length === 1 ? values.join('') : `one of ${values.join(', ')}`;
}
