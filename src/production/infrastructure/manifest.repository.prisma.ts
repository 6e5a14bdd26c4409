import { Injectable } from '@nestjs/common';
import { PrismaService, type Transaction } from '../../platform/database/prisma.service';
import type { Export } from '../../export';
import type { FinishedFile } from '../model/domain/finished-file';
import { ManifestRepository } from '../model/domain/interfaces/manifest.repository';
import type { SealedManifest } from '../model/domain/manifest/manifest';
import type { ManifestSealer } from '../model/services/manifest-sealer';

@Injectable()
export class PrismaManifestRepository extends ManifestRepository {
  constructor(private readonly prisma: PrismaService) {
    super();
  }

  override async find(exportId: string): Promise<SealedManifest | null> {
    const [found] = await this.prisma.$queryRaw<SealedManifest[]>`
      SELECT manifest.text, manifest.sha256 FROM export_manifests AS manifest
      JOIN exports ON exports.id = manifest.export_id AND exports.sha256 = manifest.file_sha256
      WHERE manifest.export_id = ${exportId}::uuid`;
    return found ?? null;
  }
}

/**
 * Seals the manifest of a file in the transaction that publishes it. A replaced file gets a new one. An export of several files has
 * the hash of its manifest.
 */
export async function storeManifest(
  transaction: Transaction,
  sealer: ManifestSealer,
  source: Export,
  file: FinishedFile,
): Promise<SealedManifest> {
  const { id, scheduleId } = source;
  const last = scheduleId === null ? null : await lastOfSchedule(transaction, scheduleId);
  const sealed = sealer.seal(source, file, last?.sha256 ?? null);
  const { text, sha256 } = sealed;
  const position = scheduleId === null ? null : (last?.position ?? 0) + 1;
  await transaction.$executeRaw`
    INSERT INTO export_manifests (export_id, text, sha256, file_sha256, schedule_id, position)
    VALUES (${id}::uuid, ${text}, ${sha256}, ${file.parts ? sha256 : file.sha256}, ${scheduleId}::uuid, ${position}::int)
    ON CONFLICT (export_id) DO UPDATE
    SET text = excluded.text, sha256 = excluded.sha256, file_sha256 = excluded.file_sha256, created_at = now()`;
  return sealed;
}

/** The manifest of the last completed run. Two runs that complete at once wait for each other: the chain has no branches. */
async function lastOfSchedule(
  transaction: Transaction,
  scheduleId: string,
): Promise<{ readonly sha256: string; readonly position: number } | null> {
  await transaction.$executeRaw`
    SELECT pg_advisory_xact_lock(hashtextextended(${`manifests of schedule ${scheduleId}`}, 0))`;
  const [last] = await transaction.$queryRaw<{ sha256: string; position: number }[]>`
    SELECT sha256, position FROM export_manifests WHERE schedule_id = ${scheduleId}::uuid
    ORDER BY position DESC LIMIT 1`;
  return last ?? null;
}
