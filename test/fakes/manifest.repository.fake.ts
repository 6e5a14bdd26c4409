import { ManifestRepository } from '../../src/production/model/domain/interfaces/manifest.repository';
import type { SealedManifest } from '../../src/production/model/domain/manifest/manifest';
import type { FakeRecords } from './fake-records';

/** The manifests of the exports of a `FakeRecords`. */
export class FakeManifestRepository extends ManifestRepository {
  constructor(private readonly records: FakeRecords) {
    super();
  }

  override find(exportId: string): Promise<SealedManifest | null> {
    const stored = this.records.manifests.get(exportId);
    const isCurrent = stored?.fileSha256 === this.records.exports.get(exportId)?.sha256;
    return Promise.resolve(stored && isCurrent ? { text: stored.text, sha256: stored.sha256 } : null);
  }
}
