import type { SealedManifest } from '../manifest/manifest';

/** The manifests of exports. They are sealed in the transaction that publishes the file, and outlive it. */
export abstract class ManifestRepository {
  /** @returns `null` while there is no file, and for exports that a version without manifests completed */
  abstract find(exportId: string): Promise<SealedManifest | null>;
}
