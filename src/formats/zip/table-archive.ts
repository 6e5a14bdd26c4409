import { createHash } from 'node:crypto';
import { toFileName } from '../file-name';
import type { RenderedFile } from '../writer';
import type { Relation, Relations } from '../relation';
import type { RowTally } from '../row-progress';
import { zip } from './zip';

const MANIFEST_VERSION = 1;
const MAX_NUMBERED_LENGTH = 80;

/** What the manifest says of one file of the archive. */
interface ManifestEntry {
  readonly name: string;
  readonly table: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** A zip of one file a table, and a manifest by which each of them can be checked. */
export function tableArchive(
  content: Relations,
  extension: string,
  tally: RowTally,
  bodyOf: (relation: Relation) => AsyncIterable<Uint8Array>,
): Omit<RenderedFile, 'summary'> {
  const manifest: ManifestEntry[] = [];
  const names = new FileNames(extension);
  const tables = content.relations.map((relation) => {
    const name = names.nameFor(relation.name);
    return {
      name,
      compressionLevel: 1 as const,
      open: async function* () {
        const hash = createHash('sha256');
        let bytes = 0;
        for await (const chunk of bodyOf(relation)) {
          hash.update(chunk);
          bytes += chunk.length;
          yield chunk;
        }
        const rows = tally.countOf(relation);
        manifest.push({ name, table: relation.name, rows, bytes, sha256: hash.digest('hex') });
      },
    };
  });
  const last = {
    name: 'manifest.json',
    compressionLevel: 6 as const,
    open: () => [Buffer.from(`${JSON.stringify(manifestOf(content, manifest), null, 2)}\n`)],
  };
  return { extension: 'zip', contentType: 'application/zip', body: zip([...tables, last]) };
}

function manifestOf({ takenAt, userId, filters }: Relations, files: readonly ManifestEntry[]): object {
  return { formatVersion: MANIFEST_VERSION, snapshotTime: takenAt, userId, filters, encoding: 'UTF-8', files };
}

/** Names for files that lie side by side, also where a file system takes capitals for small letters. */
class FileNames {
  private readonly taken = new Set<string>();

  constructor(private readonly extension: string) {}

  nameFor(title: string): string {
    for (let number = 1; ; number += 1) {
      const name = toFileName(number === 1 ? title : numbered(title, number), this.extension);
      const folded = name.toLowerCase();
      if (this.taken.has(folded)) continue;
      this.taken.add(folded);
      return name;
    }
  }
}

/** Short enough for the number to stay, however long the title is. */
function numbered(title: string, number: number): string {
  return `${Array.from(title).slice(0, MAX_NUMBERED_LENGTH).join('')} (${number})`;
}
