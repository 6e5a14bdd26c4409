import { escapeIdentifier } from 'pg';
import type { RenderingDatabase } from './rendering';

/** Names that PostgreSQL lets a column have, and that formats trip over. */
export const HOSTILE_NAMES = [
  'plain',
  'select',
  'row',
  'table',
  'table_',
  '_table',
  'Case',
  'case',
  'CASE',
  '__proto__',
  'constructor',
  'two words',
  ' ',
  'quo"te',
  `apo'strophe`,
  'com,ma',
  'semi;colon',
  'line\nfeed',
  'carriage\rreturn',
  'tab\tin',
  '\u0001\u0002',
  'back\\slash',
  '=1+1',
  '-x',
  '1st',
  '.dot',
  'a.b-c',
  'a:b',
  ':',
  '_',
  '_x',
  '_x0041_',
  '_x005F_x0041_',
  'A_x',
  'xml',
  'XmlThing',
  'xmlns',
  'xsi:nil',
  '<tag>&amp;',
  'größe',
  'имя',
  '名前',
  '이름',
  'é combined',
  '😀',
  '\ufffe\uffff',
  '·',
  '%s$1',
  'n'.repeat(63),
  'ы'.repeat(31),
] as const;

/** Makes a table of such columns: in each stands the place of its name, as a text. */
export async function hostileNames(rendering: RenderingDatabase): Promise<string> {
  const name = 'hostile, "names"\n<&>';
  const columns = HOSTILE_NAMES.map((column) => `${escapeIdentifier(column)} text`);
  const values = HOSTILE_NAMES.map((_, index) => `'${index}'`);
  await rendering.sql(
    `CREATE TABLE ${escapeIdentifier(name)} (${columns.join(', ')})`,
    `INSERT INTO ${escapeIdentifier(name)} VALUES (${values.join(', ')})`,
  );
  return name;
}
