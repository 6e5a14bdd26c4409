/** The folder of rows without a value, as Hive names it. */
const NO_VALUE = '__HIVE_DEFAULT_PARTITION__';

/** Characters that Hive escapes in the names of folders. */
const ESCAPED = /[\u0000-\u001f"#%'*/:=?\\{}[\]^\u007f]/gu;

/** What file systems and storages accept as one name. */
const MAX_FOLDER_BYTES = 255;

/**
 * The folder of the rows whose column has a value, such as `created_at=2026-01`.
 * @returns `null` if it would be too long
 */
export function toPartitionFolder(column: string, value: string | null): string | null {
  // Hive has one folder for both.
  const named = value === null || value === '' ? NO_VALUE : escape(value);
  const folder = `${escape(column)}=${named}`;
  return Buffer.byteLength(folder) > MAX_FOLDER_BYTES ? null : folder;
}

function escape(text: string): string {
  return text.replaceAll(ESCAPED, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
}
