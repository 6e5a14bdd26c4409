import { STYLES } from './styles';
import { xmlText } from './xml';

/** The cell of a text, which no spreadsheet runs, whatever it begins with. */
export function inlineText(text: string, style: number = STYLES.plain): string {
  const open = style === STYLES.plain ? '<c' : `<c s="${style}"`;
  return `${open} t="inlineStr"><is><t xml:space="preserve">${xmlText(text)}</t></is></c>`;
}

/** The cell of a number that is written in digits. */
export function plainNumber(digits: string | number, style: number = STYLES.plain): string {
  return style === STYLES.plain ? `<c><v>${digits}</v></c>` : `<c s="${style}"><v>${digits}</v></c>`;
}
