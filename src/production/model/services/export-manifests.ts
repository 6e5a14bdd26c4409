import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../platform/auth/principal';
import { DomainError } from '../../../platform/errors/domain-error';
import { type Export, ExportService, isFinished, unfinishedError } from '../../../export';
import { ManifestRepository } from '../domain/interfaces/manifest.repository';
import type { SealedManifest } from '../domain/manifest/manifest';

/** The manifest of an export, and the name of its file. */
export interface NamedManifest extends SealedManifest {
  readonly name: string;
}

/** Finds the manifests of exports for those who may see them. */
@Injectable()
export class ExportManifests {
  constructor(
    private readonly exports: ExportService,
    private readonly manifests: ManifestRepository,
  ) {}

  /**
   * @param owner `null` for the bearer of a link, which proves access
   * @throws DomainError not-found, also where there is no manifest | conflict while the export is unfinished
   */
  async get(exportId: string, owner: Principal | null): Promise<NamedManifest> {
    const found = await this.exports.get(exportId, owner);
    const manifest = await this.find(found);
    if (manifest) return { ...manifest, name: `${found.fileName ?? 'export'}.manifest.json` };
    if (!isFinished(found.status)) throw unfinishedError();
    const message =
      found.completedAt === null
        ? `The export is ${found.status}: it has no manifest`
        : 'An earlier version of the service completed the export, without a manifest';
    throw new DomainError('not-found', 'manifest-unavailable', message);
  }

  /** @returns `null` where there is none */
  find({ id }: Export): Promise<SealedManifest | null> {
    return this.manifests.find(id);
  }
}
