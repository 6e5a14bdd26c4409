import type { Relation, Relations } from '../content';
import { UniqueFileNames } from '../file-name';
import type { RelationProgress } from '../row-progress';
import type { FileSummary, RenderedFile, SealArchive } from '../writer';
import { ArchiveManifest } from './archive-manifest';
import { zip, type ZipEntry } from './zip';

const MANIFEST_VERSION = 1;

/** What the manifest records about one file of the archive. */
interface ManifestEntry {
  readonly name: string;
  readonly table: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

interface TableFormat {
  readonly extension: string;
  readonly contentType: string;
  readonly render: (relation: Relation) => AsyncIterable<Uint8Array>;
  /** 1 if absent. */
  readonly compressionLevel?: ZipEntry['compressionLevel'];
}

/** A zip with one file per table, and a manifest by which each file can be verified. */
export function toTableArchive(
  content: Relations,
  { extension, contentType, render, compressionLevel = 1 }: TableFormat,
  progress: RelationProgress,
  summary: () => FileSummary,
  seal?: SealArchive,
): RenderedFile {
  const manifest = new ArchiveManifest(seal);
  const names = new UniqueFileNames(extension);
  const tables = content.relations.map((relation) => {
    const entry = { name: names.next(relation.name), compressionLevel, open: () => render(relation) };
    return manifest.digested(entry, contentType, () => progress.recordCountOf(relation));
  });
  const last = ArchiveManifest.entry(() => {
    const files = manifest.files.map(({ name, rows, digest: { bytes, sha256 } }, index) => {
      return { name, table: content.relations[index]?.name ?? '', rows: rows ?? 0, bytes, sha256 };
    });
    return { ...toManifest(content, files), ...manifest.sealed(summary()) };
  });
  return { extension: 'zip', contentType: 'application/zip', body: zip([...tables, last]), summary };
}

function toManifest({ takenAt, userId, filters }: Relations, files: readonly ManifestEntry[]): object {
  return { formatVersion: MANIFEST_VERSION, snapshotTime: takenAt, userId, filters, encoding: 'UTF-8', files };
}
