import { Injectable } from '@nestjs/common';
import type { Principal } from '../../platform/auth/principal';
import { Config } from '../../platform/config/config';
import { Prisma } from '../../platform/database/generated/client';
import { PrismaService } from '../../platform/database/prisma.service';
import { visibleTo } from '../../platform/database/visibility';
import { auditOf, changeExports, type Export, mayBecome, type StoredObject } from '../../export';
import type { FinishedFile } from '../model/domain/finished-file';
import { PictureRepository } from '../model/domain/interfaces/picture.repository';
import { ManifestSealer } from '../model/services/manifest-sealer';
import { storeManifest } from './manifest.repository.prisma';
import { publishedFile } from './published-file';

@Injectable()
export class PrismaPictureRepository extends PictureRepository {
  constructor(
    private readonly prisma: PrismaService,
    private readonly sealer: ManifestSealer,
    private readonly config: Config,
  ) {
    super();
  }

  override replaceFile(
    id: string,
    file: FinishedFile,
    by: Principal,
  ): Promise<{ export: Export; replaced: StoredObject | null } | null> {
    const owned = Prisma.sql`id = ${id}::uuid AND ${visibleTo(by).sql}`;
    return this.prisma.$transaction(async (transaction) => {
      const before = await transaction.$queryRaw<{ key: string | null; content_type: string | null }[]>`
        SELECT storage_key AS key, content_type FROM exports WHERE ${owned} FOR UPDATE`;
      const [completed] = await changeExports(transaction, {
        set: Prisma.sql`status = 'completed', ${publishedFile(file, this.config.exports.retentionDays)}`,
        where: Prisma.sql`${owned} AND (status = 'completed' OR ${mayBecome('completed')})`,
        audit: (row) => auditOf(row, 'export.content-uploaded', { by, details: { bytes: file.size } }),
        tells: 'completed',
      });
      if (!completed) return null;
      await storeManifest(transaction, this.sealer, completed, file);
      const { key, content_type: contentType } = before[0] ?? {};
      return { export: completed, replaced: key != null && contentType != null ? { key, contentType } : null };
    });
  }
}
