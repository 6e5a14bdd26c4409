import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SERVICE_VERSION } from '../../../platform/config/service-version';
import { SigningKeys } from '../../../platform/signing/signing-keys';
import type { ArchiveContents, SealedArchive } from '../../../formats';
import type { FinishedFile } from '../domain/finished-file';
import {
  type DescribedExport,
  type DescribedFile,
  type Manifest,
  MANIFEST_JWS_TYPE,
  type SealedManifest,
  toManifest,
  toManifestText,
} from '../domain/manifest/manifest';
import type { ManifestFacts } from '../domain/manifest/manifest-facts';

/** Makes and signs the manifests of exports. */
@Injectable()
export class ManifestSealer {
  constructor(private readonly keys: SigningKeys) {}

  /**
   * The manifest of a file.
   * @param previousManifestSha256 of the schedule's last completed run
   */
  seal(source: DescribedExport, file: FinishedFile, previousManifestSha256: string | null): SealedManifest {
    const { recordCount: rows, pageCount: pages } = file;
    const manifest = toManifest(source, {
      facts: file.facts,
      files: toDescribedFiles(file),
      totals: { rows, pages },
      warnings: file.warnings,
      previousManifestSha256,
      serviceVersion: SERVICE_VERSION,
    });
    const text = toManifestText(manifest, this.sign(manifest));
    return { text, sha256: createHash('sha256').update(text).digest('hex') };
  }

  /** The manifest inside an archive. It is written before the archive is published, so it has no link to the run before. */
  sealArchive(source: DescribedExport, facts: ManifestFacts, { files, summary }: ArchiveContents): SealedArchive {
    const manifest = toManifest(source, {
      facts,
      files,
      totals: { rows: summary.recordCount, pages: summary.pageCount },
      warnings: summary.warnings,
      previousManifestSha256: null,
      serviceVersion: SERVICE_VERSION,
    });
    return { manifest, jws: this.sign(manifest) };
  }

  private sign(manifest: Manifest): string | null {
    return this.keys.sign(JSON.stringify(manifest), MANIFEST_JWS_TYPE);
  }
}

/** The file, or those that it consists of. */
function toDescribedFiles({
  name,
  contentType,
  size,
  sha256,
  blocks,
  recordCount,
  parts,
}: FinishedFile): DescribedFile[] {
  const files = parts ?? [{ name, contentType, size, sha256, blocks, rows: recordCount }];
  return files.map((file) => {
    const digest = { bytes: file.size, sha256: file.sha256, blocks: file.blocks };
    return { name: file.name, contentType: file.contentType, rows: file.rows, digest };
  });
}
