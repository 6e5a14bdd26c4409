import { createHash } from 'node:crypto';
import type { Relation, Relations } from '../content';
import { UniqueFileNames } from '../file-name';
import type { RelationProgress } from '../row-progress';
import type { RenderedFile } from '../writer';
import { zip } from './zip';

const MANIFEST_VERSION = 1;

/** What the manifest records about one file of the archive. */
interface ManifestEntry {
  readonly name: string;
  readonly table: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** A zip with one file per table, and a manifest by which each file can be verified. */
export function toTableArchive(
  content: Relations,
  extension: string,
  progress: RelationProgress,
  render: (relation: Relation) => AsyncIterable<Uint8Array>,
): Omit<RenderedFile, 'summary'> {
  const files: ManifestEntry[] = [];
  const names = new UniqueFileNames(extension);
  const tables = content.relations.map((relation) => {
    const name = names.next(relation.name);
    return {
      name,
      compressionLevel: 1 as const,
      open: async function* () {
        const hash = createHash('sha256');
        let bytes = 0;
        for await (const chunk of render(relation)) {
          hash.update(chunk);
          bytes += chunk.length;
          yield chunk;
        }
        const rows = progress.recordCountOf(relation);
        files.push({ name, table: relation.name, rows, bytes, sha256: hash.digest('hex') });
      },
    };
  });
  const manifest = {
    name: 'manifest.json',
    compressionLevel: 6 as const,
    open: () => [Buffer.from(`${JSON.stringify(toManifest(content, files), null, 2)}\n`)],
  };
  return { extension: 'zip', contentType: 'application/zip', body: zip([...tables, manifest]) };
}

function toManifest({ takenAt, userId, filters }: Relations, files: readonly ManifestEntry[]): object {
  return { formatVersion: MANIFEST_VERSION, snapshotTime: takenAt, userId, filters, encoding: 'UTF-8', files };
}
