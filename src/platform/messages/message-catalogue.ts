import { IntlMessageFormat } from 'intl-messageformat';

/** ICU message patterns by key: the content of one JSON file. */
export type Messages<Key extends string = string> = Readonly<Record<Key, string>>;

export type MessageValues = Readonly<Record<string, string | number>>;

/** Writes one message of one language. Values are inserted as they are, braces included. */
export type FormatMessage<Key extends string> = (key: Key, values?: MessageValues) => string;

/** Tags are plain text in our messages. */
const OPTIONS = { ignoreTag: true };

/**
 * The texts of one purpose in several languages, one JSON file for each, in ICU message syntax:
 * `"rows": "{count, plural, one {# row} other {# rows}}"`. A pattern is parsed when it is first used.
 */
export class MessageCatalogue<Language extends string, Key extends string> {
  private readonly parsed = new Map<string, IntlMessageFormat>();

  constructor(private readonly messages: Readonly<Record<Language, Messages<Key>>>) {}

  /** The formatter of one language. It throws when a value of a pattern is missing. */
  formatterFor(language: Language): FormatMessage<Key> {
    return (key, values) => String(this.patternOf(language, key).format<string>({ ...values }));
  }

  private patternOf(language: Language, key: Key): IntlMessageFormat {
    const name = `${language} ${key}`;
    const pattern = this.parsed.get(name) ?? parse(language, this.messages[language][key]);
    this.parsed.set(name, pattern);
    return pattern;
  }
}

/**
 * Compares the languages of a catalogue. Each must have the keys and parameters of the first one, valid patterns, and all
 * plural forms of its own.
 * @returns one sentence per error
 */
export function findCatalogueErrors(catalogue: Readonly<Record<string, Messages>>): string[] {
  const reference = Object.values(catalogue)[0] ?? {};
  return Object.entries(catalogue).flatMap(([language, messages]) => {
    const missing = Object.keys(reference).filter((key) => !(key in messages));
    return [
      ...missing.map((key) => `${language} lacks ${key}`),
      ...Object.entries(messages).flatMap(([key, pattern]) => errorsIn(language, key, pattern, reference[key])),
    ];
  });
}

function errorsIn(language: string, key: string, pattern: string, reference: string | undefined): string[] {
  if (reference === undefined) return [`${language} has ${key}, which the first language lacks`];
  try {
    const { parameters, plurals } = describePattern(parse(language, pattern).getAst());
    const expected = describePattern(parse(language, reference).getAst()).parameters;
    const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
    const lacking = plurals.flatMap((forms) => pluralCategories.filter((category) => !forms.includes(category)));
    return [
      ...(String(parameters) === String(expected) ? [] : [`${key} has other parameters in ${language}`]),
      ...lacking.map((category) => `${key} lacks the plural form “${category}” in ${language}`),
    ];
  } catch (error) {
    return [`${key} is no valid pattern in ${language}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function parse(language: string, pattern: string): IntlMessageFormat {
  return new IntlMessageFormat(pattern, language, undefined, OPTIONS);
}

type Element = ReturnType<IntlMessageFormat['getAst']>[number];

/** Every element but literals and `#` names a parameter; those with options contain patterns. */
function describePattern(elements: readonly Element[]): { parameters: string[]; plurals: string[][] } {
  const parameters = new Set<string>();
  const plurals: string[][] = [];
  const visit = (element: Element): void => {
    if (!('options' in element)) {
      if ('value' in element && (element.type as number) !== LITERAL) parameters.add(element.value);
      return;
    }
    parameters.add(element.value);
    if ('pluralType' in element) plurals.push(Object.keys(element.options));
    for (const { value } of Object.values(element.options)) value.forEach(visit);
  };
  elements.forEach(visit);
  return { parameters: [...parameters].sort(), plurals };
}

/** The library exports its element types by number only. */
const LITERAL = 0;
