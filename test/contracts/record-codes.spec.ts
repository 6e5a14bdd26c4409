import { createExport } from '../../src/export/model/domain/export-request';
import { PrismaExportRepository } from '../../src/export/infrastructure/export.repository.prisma';
import type { Export } from '../../src/export/model/domain/export';
import { PrismaService } from '../../src/platform/database/prisma.service';
import { exportRequest } from '../support/export-requests';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { testConfig } from '../support/test-config';

/** The columns of codes are additions: processes of the version before write the texts and know nothing of them. */
describe('A record written by a version without codes', () => {
  let database: TestDatabase;
  let prisma: PrismaService;
  let exports: PrismaExportRepository;
  let id: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    const config = testConfig({ DATABASE_URL: database.url });
    prisma = new PrismaService(database.url, 'record-codes');
    exports = new PrismaExportRepository(prisma, config);
  });

  afterAll(async () => {
    await prisma.$disconnect();
    await database.drop();
  });

  beforeEach(async () => {
    id = (await createExport(exports, exportRequest({}))).export.id;
  });

  async function read(): Promise<Export> {
    return (await exports.find(id))!;
  }

  it('has an unspecified code for its error', async () => {
    await prisma.$executeRaw`UPDATE exports SET status = 'failed', error = 'No rows' WHERE id = ${id}::uuid`;

    expect(await read()).toMatchObject({ error: 'No rows', errorCode: 'unspecified' });
  });

  it('has an unspecified code for each of its warnings', async () => {
    await prisma.$executeRaw`UPDATE exports SET warnings = '{one,two}' WHERE id = ${id}::uuid`;

    expect((await read()).warnings).toEqual([
      { code: 'unspecified', text: 'one' },
      { code: 'unspecified', text: 'two' },
    ]);
  });

  it('has no codes for texts that were replaced', async () => {
    await prisma.$executeRaw`
      UPDATE exports SET warnings = '{one}', warning_codes = '{image-missing,more-warnings}', error_code = 'rows-not-written'
      WHERE id = ${id}::uuid`;

    const { warnings, errorCode } = await read();
    expect([warnings, errorCode]).toEqual([[{ code: 'image-missing', text: 'one' }], null]);
  });
});
