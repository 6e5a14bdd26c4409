import { PrismaManifestRepository } from '../../src/production/infrastructure/manifest.repository.prisma';
import { PrismaService } from '../../src/platform/database/prisma.service';
import { createFakeRecords, createPrismaRecords } from '../support/records-under-test';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { describeManifestRepository } from './manifest-repository.contract';

describeManifestRepository('PrismaManifestRepository', createPrismaRecords);
describeManifestRepository('FakeManifestRepository', createFakeRecords);

describe('A stored manifest', () => {
  let database: TestDatabase;
  let prisma: PrismaService;
  let sut: PrismaManifestRepository;

  beforeAll(async () => {
    database = await createTestDatabase();
    prisma = new PrismaService(database.url, 'manifests');
    sut = new PrismaManifestRepository(prisma);
  });
  afterAll(async () => {
    await prisma.$disconnect();
    await database.drop();
  });

  async function store(): Promise<string> {
    const { id } = await prisma.export.create({
      data: { kind: 'board', format: 'png', userId: 'ann', requestId: 'r', status: 'expired', sha256: 'a'.repeat(64) },
    });
    await prisma.exportManifest.create({
      data: { exportId: id, text: '{}\n', sha256: 'b'.repeat(64), fileSha256: 'a'.repeat(64) },
    });
    return id;
  }

  it('is not that of a file which an earlier version put in place of another', async () => {
    const id = await store();
    const before = await sut.find(id);

    await prisma.export.update({ where: { id }, data: { sha256: 'c'.repeat(64) } });

    expect(before).toEqual({ text: '{}\n', sha256: 'b'.repeat(64) });
    expect(await sut.find(id)).toBeNull();
  });

  it('is deleted with the record of its export', async () => {
    const id = await store();

    await prisma.export.delete({ where: { id } });

    expect(await prisma.exportManifest.count({ where: { exportId: id } })).toBe(0);
  });
});
