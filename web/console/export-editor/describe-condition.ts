import type { Texts } from '../texts';
import { type Condition, listOf } from './conditions';
import type { MessageKey } from './texts';
import { isDay, isMonth, type PresetName, PRESETS } from './periods';

const UNFINISHED = '…';

/** A condition as a sentence. */
export function describeCondition(condition: Condition, texts: Texts<MessageKey>, tables: number): string {
  const { table, column, operator, value, end } = condition;
  const name = table === '' ? texts.get('allTablesColumn', { column }) : tables > 1 ? `${table}.${column}` : column;
  const values = { column: name, value: describeValue(condition, texts), end: describeDay(end, texts) };
  if (operator === 'during' && value in PRESETS) {
    return texts.get('sentence.during', { ...values, value: texts.get(`preset.${value as PresetName}`) });
  }
  return texts.get(`sentence.${operator}`, values);
}

function describeValue({ operator, value }: Condition, texts: Texts<MessageKey>): string {
  if (operator === 'month' && isMonth(value)) {
    return texts.date(`${value}-01`, { month: 'long', year: 'numeric', timeZone: 'UTC' });
  }
  if (operator === 'isOneOf') return listOf(value).join(', ');
  if (operator === 'range' || operator === 'since' || operator === 'before') return describeDay(value, texts);
  return value || UNFINISHED;
}

function describeDay(value: string, texts: Texts<MessageKey>): string {
  return isDay(value) ? texts.date(value, { dateStyle: 'medium', timeZone: 'UTC' }) : value || UNFINISHED;
}
