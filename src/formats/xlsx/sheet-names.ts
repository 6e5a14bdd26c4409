import { SHEET_NAME_UNITS } from './limits';

/** The names of a workbook's sheets: what Excel allows, and no two alike but for capitals. */
export class SheetNames {
  private readonly taken = new Set<string>();

  /** @param number the how manieth sheet of its table it is, from 1 */
  nameFor(title: string, number: number): string {
    for (let next = number; ; next += 1) {
      const name = named(title, next === 1 ? '' : ` (${next})`);
      const folded = name.toUpperCase().toLowerCase();
      if (this.taken.has(folded)) continue;
      this.taken.add(folded);
      return name;
    }
  }
}

function named(title: string, suffix: string): string {
  const allowed = title
    .replace(/[[\]:*?/\\\p{Cc}\p{Cs}\ufffe\uffff]/gu, '_')
    // What looks like the code of a character would be read as that character.
    .replace(/_(?=x[\da-f]{4}_)/gi, '-');
  const name = `${cut(allowed, SHEET_NAME_UNITS - suffix.length)}${suffix}`.replace(/^'|'$/g, '_');
  // Excel keeps this name for itself.
  return /^history$/i.test(name) ? `${name}_` : name.trim() === '' ? 'Sheet' : name;
}

/** Never between the two halves of a character. */
function cut(text: string, units: number): string {
  let kept = '';
  for (const character of text) {
    if (kept.length + character.length > units) break;
    kept += character;
  }
  return kept;
}
