import { DigestedBytes } from '../../platform/digest/block-digest';
import type { ArchivedFile, FileSummary, SealArchive, SealedArchive } from '../writer';
import type { ZipEntry } from './zip';

export const MANIFEST_NAME = 'manifest.json';

/** Computes the checksums of an archive's files while they are written, and makes the manifest, which is the last entry. */
export class ArchiveManifest {
  readonly files: ArchivedFile[] = [];

  /** @param seal absent where nobody wants a signed manifest */
  constructor(private readonly seal: SealArchive | undefined) {}

  /**
   * The same entry, whose bytes are digested.
   * @param rows known once the entry was read
   */
  digested(entry: ZipEntry, contentType: string, rows: () => number | null = () => null): ZipEntry {
    const { name, open } = entry;
    const { files } = this;
    return {
      ...entry,
      open: async function* () {
        const bytes = new DigestedBytes(open());
        yield* bytes;
        files.push({ name, contentType, rows: rows(), digest: bytes.digest() });
      },
    };
  }

  /** The members of a sealed manifest; none where nobody wants one. Call it when all entries were read. */
  sealed(summary: FileSummary): SealedArchive | undefined {
    return this.seal?.({ files: this.files, summary });
  }

  /**
   * The entry of the manifest.
   * @param members all of its members; called when all entries before it were read
   */
  static entry(members: () => object | Promise<object>): ZipEntry {
    const open = async function* () {
      yield Buffer.from(`${JSON.stringify(await members(), null, 2)}\n`);
    };
    return { name: MANIFEST_NAME, compressionLevel: 6, open };
  }
}
