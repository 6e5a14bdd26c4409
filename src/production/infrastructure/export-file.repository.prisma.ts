import { Injectable } from '@nestjs/common';
import type { ExportFile } from '../../platform/database/generated/client';
import { PrismaService, type Transaction } from '../../platform/database/prisma.service';
import { ExportFileRepository } from '../model/domain/interfaces/export-file.repository';
import type { PublishedFile } from '../model/domain/part';

@Injectable()
export class PrismaExportFileRepository extends ExportFileRepository {
  constructor(private readonly prisma: PrismaService) {
    super();
  }

  override async list(exportId: string, after: number, limit: number): Promise<PublishedFile[]> {
    const where = { exportId, number: { gt: after } };
    const rows = await this.prisma.exportFile.findMany({ where, orderBy: { number: 'asc' }, take: limit });
    return rows.map(toPublishedFile);
  }

  override async find(exportId: string, number: number): Promise<PublishedFile | null> {
    const row = await this.prisma.exportFile.findUnique({ where: { exportId_number: { exportId, number } } });
    return row && toPublishedFile(row);
  }

  override async findAt(exportId: string, zipOffset: number): Promise<PublishedFile | null> {
    const where = { exportId, zipOffset: { lte: BigInt(zipOffset) } };
    const row = await this.prisma.exportFile.findFirst({ where, orderBy: { number: 'desc' } });
    return row && toPublishedFile(row);
  }
}

/** Writes the files of a completed export, in the transaction that publishes them. */
export async function insertFiles(
  transaction: Transaction,
  exportId: string,
  files: readonly PublishedFile[],
): Promise<void> {
  const data = files.map(({ number, name, key, contentType, rows, size, sha256, crc32, zipOffset }) => {
    return { exportId, number, name, storageKey: key, contentType, rows, size, sha256, crc32, zipOffset };
  });
  await transaction.exportFile.createMany({ data });
}

/** Numbers stay far below 2^53. */
function toPublishedFile({ number, name, storageKey, contentType, rows, size, ...file }: ExportFile): PublishedFile {
  const { sha256, crc32, zipOffset } = file;
  const numbers = { rows: Number(rows), size: Number(size), crc32: Number(crc32), zipOffset: Number(zipOffset) };
  return { number, name, key: storageKey, contentType, sha256, ...numbers };
}
