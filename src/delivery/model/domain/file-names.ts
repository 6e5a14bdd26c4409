const DATE = /^\d{4}-\d\d-\d\d$/;
const MAX_NAME_LENGTH = 100;
/** Far more than a day has minutes. */
const MAX_NAMES_TRIED = 10_000;

/** What the files of a schedule's runs are named after. It is part of the targets of channels that copy files. */
export interface FileNaming {
  /** The schedule's name; the file's own by default. */
  readonly name?: string;
  /** The local date of the run, YYYY-MM-DD; by default, the UTC date of the export's completion. */
  readonly date?: string;
}

/** The names under which a file may be stored, in the order in which they are tried. */
export interface FileNames {
  /** The common beginning of all of them. */
  readonly stem: string;
  /** @param folder the prefix of each name */
  candidates(folder: string): Iterable<string>;
}

export function readFileNaming({ name, date }: Readonly<Record<string, unknown>>): FileNaming {
  return {
    ...(typeof name === 'string' && { name }),
    ...(typeof date === 'string' && DATE.test(date) && { date }),
  };
}

export function toFileNames({ name, date }: FileNaming, fileName: string | null, completedAt: Date): FileNames {
  const { stem, extension } = splitFileName(fileName ?? 'export.bin');
  const usedName = name ?? stem;
  const usedDate = date ?? completedAt.toISOString().slice(0, 10);
  return {
    stem: toObjectStem(usedName, usedDate),
    *candidates(folder) {
      for (let turn = 1; turn <= MAX_NAMES_TRIED; turn += 1) {
        yield folder + toObjectName(usedName, usedDate, extension, turn);
      }
    },
  };
}

/** The folders in which several files may be stored: `name_date/`, `name_date-2/` and so on. */
export function toFolderNames(naming: FileNaming, fileName: string | null, completedAt: Date): FileNames {
  const names = toFileNames(naming, fileName, completedAt);
  return {
    stem: names.stem,
    *candidates(folder) {
      for (const path of names.candidates(folder)) yield `${path.slice(0, path.lastIndexOf('.'))}/`;
    },
  };
}

/** Turns a name that a user typed into a part of a key that no storage, file system or program misreads. */
export function toKeySegment(name: string): string {
  const cleaned = name
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{M}\p{N}._-]+/gu, '_');
  const [...characters] = cleaned.replace(/^[._]+/, '');
  const segment = characters
    .slice(0, MAX_NAME_LENGTH)
    .join('')
    .replace(/[._]+$/, '');
  return segment === '' ? 'export' : segment;
}

/** The name and the extension of a file, such as `csv` and `csv.gz`. */
export function splitFileName(fileName: string): { readonly stem: string; readonly extension: string } {
  const [, stem = fileName, extension = 'bin'] = /^(.+?)\.([a-z\d]+(?:\.gz)?)$/i.exec(fileName) ?? [];
  return { stem, extension };
}

function toObjectStem(name: string, date: string): string {
  return `${toKeySegment(name)}_${date}`;
}

/**
 * Names the files of one day's runs: `name_date.csv`, `name_date-2.csv` and so on.
 * @param turn from 1
 */
export function toObjectName(name: string, date: string, extension: string, turn: number): string {
  return `${toObjectStem(name, date)}${turn === 1 ? '' : `-${turn}`}.${extension}`;
}
