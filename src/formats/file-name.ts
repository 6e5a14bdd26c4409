const MAX_TITLE_LENGTH = 100;

/** What Windows takes for a device, whatever comes behind it. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(?=$|\.)/i;

// Path separators, what Windows forbids, controls, and the marks that turn the reading direction around.
const UNFIT = /[/\\:*?"<>|\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * A name that every file system takes, from a title that somebody typed.
 * @param extension without a dot
 */
export function toFileName(title: string, extension: string): string {
  const cleaned = title.toWellFormed().replaceAll(UNFIT, ' ').replaceAll(/\s+/gu, ' ');
  const [...characters] = cleaned.replace(/^[. ]+/, '');
  const stem = characters
    .slice(0, MAX_TITLE_LENGTH)
    .join('')
    .replace(/[. ]+$/, '')
    .trim()
    .replace(DEVICE, '$1_');
  return `${stem === '' ? 'export' : stem}.${extension}`;
}
