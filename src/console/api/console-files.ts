import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isEncoded, WebFile } from '../../platform/http/web-file';

const PAGE = 'index.html';

/** The files of the console, by name, in memory: a request never becomes a path on the disk. */
export class ConsoleFiles {
  private constructor(
    private readonly files: ReadonlyMap<string, WebFile>,
    private readonly assets: ReadonlyMap<string, WebFile>,
  ) {}

  /** @returns `null` for a folder without a page: the console is not built */
  static read(folder: string): ConsoleFiles | null {
    if (!existsSync(join(folder, PAGE))) return null;
    return new ConsoleFiles(filesIn(folder), filesIn(join(folder, 'assets')));
  }

  static readonly none = new ConsoleFiles(new Map(), new Map());

  /** The page, which stays the same for all addresses of the console. */
  get page(): WebFile | undefined {
    return this.files.get(PAGE);
  }

  /** A file beside the page. */
  find(name: string): WebFile | undefined {
    return this.files.get(name);
  }

  /** A file whose name has a hash of its content, so that it never changes. */
  findAsset(name: string): WebFile | undefined {
    return this.assets.get(name);
  }
}

function filesIn(folder: string): ReadonlyMap<string, WebFile> {
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !isEncoded(entry.name))
    .map(({ name }) => name);
  return new Map(names.map((name) => [name, WebFile.read(join(folder, name))]));
}
