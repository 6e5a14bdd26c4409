const MAX_TITLE_LENGTH = 100;
const MAX_NUMBERED_TITLE_LENGTH = 80;

/** Names that Windows reserves for devices, with any extension. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(?=$|\.)/i;

// Path separators, characters that Windows forbids, controls, and marks that reverse the reading direction.
const UNFIT = /[/\\:*?"<>|\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * A file name from free text that every file system accepts.
 * @param extension without a dot
 * @param suffix before the extension, which is never cut off
 */
export function toFileName(title: string, extension: string, suffix = ''): string {
  return `${toStem(title)}${suffix}.${extension}`;
}

function toStem(title: string): string {
  const cleaned = title.toWellFormed().replaceAll(UNFIT, ' ').replaceAll(/\s+/gu, ' ');
  const [...characters] = cleaned.replace(/^[. ]+/, '');
  const stem = characters
    .slice(0, MAX_TITLE_LENGTH)
    .join('')
    .replace(/[. ]+$/, '')
    .trim()
    .replace(DEVICE, '$1_');
  return stem === '' ? 'export' : stem;
}

/** Names for one folder, unique also on file systems that ignore case. */
export class UniqueFileNames {
  private readonly taken: Set<string>;

  /**
   * @param extension of the files, without a dot; `null` names folders
   * @param taken names that others have, in lower case
   */
  constructor(
    private readonly extension: string | null,
    taken: readonly string[] = [],
  ) {
    this.taken = new Set(taken);
  }

  next(title: string): string {
    for (let number = 1; ; number += 1) {
      const numbered = number === 1 ? title : withNumber(title, number);
      const name = this.extension === null ? toStem(numbered) : toFileName(numbered, this.extension);
      const folded = name.toLowerCase();
      if (this.taken.has(folded)) continue;
      this.taken.add(folded);
      return name;
    }
  }
}

/** Shortened, so that the number is not cut off. */
function withNumber(title: string, number: number): string {
  return `${Array.from(title).slice(0, MAX_NUMBERED_TITLE_LENGTH).join('')} (${number})`;
}
