import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { v7 as uuidv7 } from 'uuid';
import { ExportPresenter } from '../../src/export/api/export.presenter';
import {
  insertFiles,
  PrismaExportFileRepository,
} from '../../src/production/infrastructure/export-file.repository.prisma';
import { ExportZip } from '../../src/production/model/services/export-zip';
import { PrismaExportRepository } from '../../src/export/infrastructure/export.repository.prisma';
import { PrismaManifestRepository } from '../../src/production/infrastructure/manifest.repository.prisma';
import { ExportFiles } from '../../src/export/model/services/export-files';
import type { PartFile } from '../../src/production/model/domain/part-file';
import { toZipOfParts } from '../../src/production/model/domain/zip-of-parts';
import { ExportService } from '../../src/export/model/services/export.service';
import { ExportParts } from '../../src/production/model/services/export-parts';
import { ProductionForDelivery } from '../../src/production/model/services/out.for-delivery.service';
import { ExportsForDelivery } from '../../src/export/model/services/out.for-delivery.service';
import { LinkSigner } from '../../src/platform/auth/link-signer';
import type { Config } from '../../src/platform/config/config';
import { PrismaService } from '../../src/platform/database/prisma.service';
import { digestOf } from '../../src/platform/digest/block-digest';
import { DiskStorage } from '../../src/platform/storage/disk-storage';
import { bytes, digest } from './bytes';
import { createTestDatabase, type TestDatabase } from './test-database';
import { toBody } from './texts';
import { testConfig } from './test-config';
import { TEST_ENCRYPTION_KEY } from './tokens';

/** What differs from a completed export with a small file. */
export interface ExportTraits {
  readonly status?: string;
  readonly size?: number;
  readonly fileName?: string;
  readonly contentType?: string;
  readonly error?: string;
  /** The text of its manifest; it has none by default, as if an earlier version had completed it. */
  readonly manifest?: string;
}

export interface StoredExport {
  readonly id: string;
  readonly size: number;
  readonly sha256: string;
}

/** Ended exports in a separate database and folder, with the services that deliveries use. */
export class ExportFixture {
  readonly prisma: PrismaService;
  readonly storage: DiskStorage;
  readonly exports: ExportsForDelivery;
  readonly production: ProductionForDelivery;
  readonly presenter: ExportPresenter;

  private constructor(
    private readonly database: TestDatabase,
    private readonly folder: string,
    readonly config: Config,
  ) {
    this.prisma = new PrismaService(database.url, 'export-fixture');
    this.storage = new DiskStorage({ directory: folder, publicUrl: config.http.publicUrl });
    const records = new PrismaExportRepository(this.prisma, config);
    const links = new LinkSigner(config);
    const manifests = new PrismaManifestRepository(this.prisma);
    const parts = new PrismaExportFileRepository(this.prisma);
    const downloads = new ExportFiles(records, this.storage, links, new ExportZip(parts, manifests, this.storage));
    this.exports = new ExportsForDelivery(records, downloads);
    const unused = null as never;
    const service = new ExportService(records, unused, unused, unused, unused, config);
    this.production = new ProductionForDelivery(
      manifests,
      new ExportParts(service, downloads, parts, links),
      downloads,
    );
    this.presenter = new ExportPresenter(downloads, links, config);
  }

  /** @param environment settings of the service beyond the usual ones of a test */
  static async create(environment: Readonly<Record<string, string>> = {}): Promise<ExportFixture> {
    const database = await createTestDatabase();
    const folder = await mkdtemp(join(tmpdir(), 'export-fixture-'));
    return new ExportFixture(
      database,
      folder,
      testConfig({ DATABASE_URL: database.url, ENCRYPTION_KEY: TEST_ENCRYPTION_KEY, ...environment }),
    );
  }

  /** Puts an export on the fixture, as if it had just ended. */
  async put({ status = 'completed', size = 1_000, ...traits }: ExportTraits = {}): Promise<StoredExport> {
    const id = uuidv7();
    const storageKey = `exports/${id}/file`;
    const { sha256 } = await digest(bytes(size));
    const contentType = traits.contentType ?? 'text/csv; charset=utf-8';
    const { fileName = 'Transactions.csv', error = status === 'failed' ? 'The source was gone' : null } = traits;
    if (status === 'completed') await this.storage.put(storageKey, bytes(size), { contentType });
    const file = { storageKey, contentType, fileName, fileSize: size, sha256, recordCount: 7 };
    await this.prisma.export.create({
      data: {
        id,
        kind: 'data',
        type: 'scheduled',
        format: 'csv',
        status,
        error,
        userId: 'ada',
        requestId: 'test',
        ...(status === 'completed' && file),
        completedAt: new Date('2026-03-29T23:30:00Z'),
        expiresAt: new Date('2036-01-01T00:00:00Z'),
      },
    });
    const { manifest: text } = traits;
    if (text !== undefined) {
      const { sha256: ofText } = digestOf(Buffer.from(text));
      await this.prisma.exportManifest.create({ data: { exportId: id, text, sha256: ofText, fileSha256: sha256 } });
    }
    return { id, size, sha256 };
  }

  /** Puts an export of several files on the fixture. @param files their contents by name */
  async putParts(files: Readonly<Record<string, string>>): Promise<StoredExport & { readonly manifest: string }> {
    const parts: PartFile[] = [];
    for (const [name, text] of Object.entries(files)) {
      const content = Buffer.from(text);
      const key = `exports/${uuidv7()}/part`;
      await this.storage.put(key, toBody(text), { contentType: 'text/csv' });
      const { bytes: size, sha256, blocks } = digestOf(content);
      parts.push({ key, name, contentType: 'text/csv', rows: 1, size, sha256, blocks, crc32: crc32(content) });
    }
    const manifest = JSON.stringify({ files: Object.keys(files) });
    const zip = toZipOfParts(parts, manifest);
    const { id } = await this.put({ manifest, fileName: 'Transactions.zip', contentType: 'application/zip' });
    const { sha256 } = digestOf(Buffer.from(manifest));
    const data = { partCount: parts.length, fileSize: zip.size, sha256 };
    await this.prisma.export.update({ where: { id }, data });
    await this.prisma.exportManifest.update({ where: { exportId: id }, data: { fileSha256: sha256 } });
    await this.prisma.$transaction((transaction) => insertFiles(transaction, id, zip.files));
    return { id, size: zip.size, sha256, manifest };
  }

  async remove(): Promise<void> {
    await this.prisma.$disconnect();
    await this.database.drop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
