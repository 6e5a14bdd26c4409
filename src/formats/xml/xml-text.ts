import { Sql, sql } from '../../platform/database/sql';

/** Characters that XML's own syntax or its treatment of line ends would take; a row with no line feed is one line. */
const SYNTAX: readonly (readonly [character: string, instead: string])[] = [
  // First, since the others are written with one.
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['\r', '&#13;'],
  ['\n', '&#10;'],
];

/**
 * Controls that XML 1.0 has no way to write: in their place stands the picture that Unicode has of each. It is written by
 * its number, which every encoding of a database has the characters for.
 */
const CONTROLS = Array.from({ length: 0x20 }, (_, code) => code)
  .filter((code) => code > 0 && ![0x09, 0x0a, 0x0d].includes(code))
  .map((code) => [String.fromCharCode(code), `&#x${(0x2400 + code).toString(16).toUpperCase()};`] as const);

/** They are no characters; XML 1.0 forbids them too. */
const NONCHARACTERS = [
  ['\ufffe', '&#xFFFD;'],
  ['\uffff', '&#xFFFD;'],
] as const;

/** Makes XML of texts, inside a database of a given encoding. */
export class XmlText {
  private readonly forbidden: readonly (readonly [character: string, instead: string])[];

  /** @param encoding the server's: a character that it lacks cannot even be looked for */
  constructor(encoding: string) {
    this.forbidden = ['UTF8', 'SQL_ASCII'].includes(encoding) ? [...CONTROLS, ...NONCHARACTERS] : CONTROLS;
  }

  /** Most texts need nothing done, which one look tells. */
  escaped(given: Sql): Sql {
    // Regular expressions refuse collations by which different texts are equal.
    const text = sql`(${given}) COLLATE "C"`;
    const plain = replaced(text, SYNTAX);
    return sql`CASE WHEN ${text} !~ ${anyOf([...SYNTAX, ...this.forbidden])} THEN ${text}
      WHEN ${text} !~ ${anyOf(this.forbidden)} THEN ${plain} ELSE ${replaced(plain, this.forbidden)} END`;
  }
}

/** The same for a value of an attribute that never was in a row. */
export function xmlAttribute(value: string): string {
  const pairs = [...SYNTAX, ['"', '&quot;'], ['\t', '&#9;'], ...CONTROLS, ...NONCHARACTERS] as const;
  return pairs.reduce((text, [character, instead]) => text.replaceAll(character, instead), value.toWellFormed());
}

function anyOf(pairs: readonly (readonly [character: string, instead: string])[]): Sql {
  return Sql.literal(`[${pairs.map(([character]) => character).join('')}]`);
}

function replaced(text: Sql, pairs: readonly (readonly [character: string, instead: string])[]): Sql {
  return pairs.reduce(
    (inner, [character, instead]) => sql`replace(${inner}, ${Sql.literal(character)}, ${Sql.literal(instead)})`,
    text,
  );
}
