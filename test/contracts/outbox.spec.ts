import { randomUUID } from 'node:crypto';
import { ManifestSealer } from '../../src/production/model/services/manifest-sealer';
import { SigningKeys } from '../../src/platform/signing/signing-keys';
import { PrismaAttemptRepository } from '../../src/production/infrastructure/attempt.repository.prisma';
import type { Attempt } from '../../src/production/model/domain/interfaces/attempt.repository';
import { type OutboxMessage, postToOutbox } from '../../src/platform/outbox/outbox';
import { PrismaService } from '../../src/platform/database/prisma.service';
import { UNLIMITED } from '../support/claims';
import { finishedFile } from '../support/export-requests';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { testConfig } from '../support/test-config';

const FILE = finishedFile('1');

describe('The outbox', () => {
  let database: TestDatabase;
  let prisma: PrismaService;
  let attempts: PrismaAttemptRepository;

  beforeAll(async () => {
    database = await createTestDatabase();
    prisma = new PrismaService(database.url, 'outbox');
    const config = testConfig({ DATABASE_URL: database.url });
    attempts = new PrismaAttemptRepository(prisma, new ManifestSealer(new SigningKeys(config)), config);
  });

  afterAll(async () => {
    await prisma.$disconnect();
    await database.drop();
  });

  /** A running export with notifications of its completion and failure. */
  async function begunExport(): Promise<Attempt> {
    await prisma.export.create({
      data: {
        kind: 'data',
        format: 'csv',
        userId: 'ann',
        requestId: 'r',
        deliveries: [
          { channel: 'email', on: ['completed', 'failed'], target: { address: 'ann@example.com' } },
          { channel: 'webhook', on: ['failed'], target: {} },
        ],
      },
    });
    return (await attempts.claimNext(UNLIMITED))!;
  }

  const channelsOf = async (exportId: string) =>
    (await prisma.delivery.findMany({ where: { exportId }, orderBy: { channel: 'asc' } })).map((row) => [
      row.event,
      row.channel,
    ]);

  const statusOf = async (id: string) => (await prisma.export.findUniqueOrThrow({ where: { id } })).status;

  it.each([
    ['completed', (attempt: Attempt) => attempts.finish(attempt, FILE)],
    ['failed', (attempt: Attempt) => attempts.fail(attempt, { code: 'rows-not-written', reason: 'It failed' })],
  ])('does not let an export be %s without its messages', async (status, end) => {
    const attempt = await begunExport();
    const { id } = attempt.export;
    await prisma.$executeRaw`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no room'; END $$`;
    await prisma.$executeRaw`
      CREATE TRIGGER refusing BEFORE INSERT ON export_deliveries FOR EACH ROW EXECUTE FUNCTION refuse()`;

    await expect(end(attempt)).rejects.toThrow('no room');
    const meanwhile = await statusOf(id);
    await prisma.$executeRaw`DROP FUNCTION refuse CASCADE`;

    expect(meanwhile).toBe('processing');
    expect(await end(attempt)).toBe(true);
    expect([await statusOf(id), (await channelsOf(id))[0]]).toEqual([status, [`export.${status}`, 'email']]);
  });

  it('has one message about an export when it is added twice', async () => {
    const exportId = randomUUID();
    const message: OutboxMessage = {
      event: 'export.completed',
      exportId,
      scheduleId: null,
      userId: 'ann',
      tenantId: null,
      customerId: null,
      channel: 'email',
      target: {},
    };

    for (let times = 0; times < 2; times += 1) {
      await prisma.$transaction((transaction) =>
        postToOutbox(transaction, message, { ...message, channel: 'webhook' }),
      );
    }

    expect(await channelsOf(exportId)).toEqual([
      ['export.completed', 'email'],
      ['export.completed', 'webhook'],
    ]);
  });

  it('has no message of a rolled back transaction', async () => {
    const attempt = await begunExport();
    const { id } = attempt.export;
    const about = { exportId: id, scheduleId: null, userId: 'ann', tenantId: null, customerId: null };

    const rolledBack = prisma.$transaction(async (transaction) => {
      await postToOutbox(transaction, { ...about, event: 'export.completed', channel: 'email', target: {} });
      throw new Error('Something else went wrong');
    });

    await expect(rolledBack).rejects.toThrow('Something else');
    expect(await channelsOf(id)).toEqual([]);
  });
});
