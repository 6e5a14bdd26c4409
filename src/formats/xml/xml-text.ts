import { Sql, sql } from '../../platform/database/sql';

type Replacement = readonly [character: string, replacement: string];

/** Characters of XML's own syntax. */
const MARKUP: readonly Replacement[] = [
  // First, because the replacements of the others contain it.
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
];

/** Those, and line ends: a row without a line feed is one line. */
const SYNTAX: readonly Replacement[] = [...MARKUP, ['\r', '&#13;'], ['\n', '&#10;']];

/**
 * XML 1.0 cannot express control characters. Each is replaced by Unicode's picture of it (U+2400 …), written as a
 * character reference because not every encoding of a database has that character.
 */
const CONTROLS = Array.from({ length: 0x20 }, (_, code) => code)
  .filter((code) => code > 0 && ![0x09, 0x0a, 0x0d].includes(code))
  .map((code) => [String.fromCharCode(code), `&#x${(0x2400 + code).toString(16).toUpperCase()};`] as const);

/** XML 1.0 forbids these too. */
const NONCHARACTERS = [
  ['\ufffe', '&#xFFFD;'],
  ['\uffff', '&#xFFFD;'],
] as const;

/** Escapes texts for XML by SQL, for a database of a given encoding. */
export class XmlText {
  private readonly forbidden: readonly Replacement[];
  private readonly noncharacters: readonly Replacement[];

  /** @param encoding of the database; it cannot search for characters that it lacks */
  constructor(encoding: string) {
    this.noncharacters = ['UTF8', 'SQL_ASCII'].includes(encoding) ? NONCHARACTERS : [];
    this.forbidden = [...CONTROLS, ...this.noncharacters];
  }

  /** Most texts need no escaping, which one regular expression detects. */
  escaped(given: Sql): Sql {
    // Regular expressions fail with nondeterministic collations.
    const text = sql`(${given}) COLLATE "C"`;
    const plain = replaceAll(text, SYNTAX);
    return sql`CASE WHEN ${text} !~ ${anyOf([...SYNTAX, ...this.forbidden])} THEN ${text}
      WHEN ${text} !~ ${anyOf(this.forbidden)} THEN ${plain} ELSE ${replaceAll(plain, this.forbidden)} END`;
  }

  /** A jsonb value, whose text has neither control characters nor line ends. */
  escapedJsonb(value: Sql): Sql {
    return replaceAll(sql`(${value}::text COLLATE "C")`, [...MARKUP, ...this.noncharacters]);
  }
}

function anyOf(replacements: readonly Replacement[]): Sql {
  return Sql.literal(`[${replacements.map(([character]) => character).join('')}]`);
}

function replaceAll(text: Sql, replacements: readonly Replacement[]): Sql {
  return replacements.reduce(
    (inner, [character, replacement]) => sql`replace(${inner}, ${Sql.literal(character)}, ${Sql.literal(replacement)})`,
    text,
  );
}

/** The value of an attribute, for a text in this process. */
export function toAttribute(value: string): string {
  const replacements = [...SYNTAX, ['"', '&quot;'], ['\t', '&#9;'], ...CONTROLS, ...NONCHARACTERS] as const;
  return replacements.reduce(
    (text, [character, replacement]) => text.replaceAll(character, replacement),
    value.toWellFormed(),
  );
}

/**
 * Letters that a name may start with in every edition of XML 1.0. Readers by the fourth edition, such as expat, know
 * fewer than the fifth allows.
 */
const LETTERS =
  'A-Za-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u0131\\u0134-\\u013E\\u0141-\\u0148\\u014A-\\u017E' +
  '\\u0388-\\u038A\\u038E-\\u03A1\\u03A3-\\u03CE\\u0401-\\u040C\\u040E-\\u044F\\u0451-\\u045C\\u045E-\\u0481' +
  '\\u05D0-\\u05EA\\u0621-\\u063A\\u0641-\\u064A\\u3041-\\u3094\\u30A1-\\u30FA\\u4E00-\\u9FA5\\uAC00-\\uD7A3';

// The start of an escape, and the prefix that XML reserves, are escaped too.
const UNFIT_FIRST = new RegExp(`^(?:_(?=x)|[xX](?=[mM][lL])|[^${LETTERS}_])`, 'u');
const UNFIT = new RegExp(`_(?=x)|[^${LETTERS}0-9_.-]`, 'gu');

/**
 * The name of an element for any name of a column, as SQL/XML maps it: a character that XML does not allow becomes
 * `_xHHHH_`, its hexadecimal code, and so does the underscore of an existing `_x`. Different names stay different.
 */
export function toElementName(name: string): string {
  const rest = name.replace(UNFIT_FIRST, '');
  const first = name.slice(0, name.length - rest.length);
  return escapeCharacters(first) + rest.replaceAll(UNFIT, escapeCharacters);
}

function escapeCharacters(characters: string): string {
  return Array.from(characters, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
    return `_x${code.padStart(4, '0')}_`;
  }).join('');
}
