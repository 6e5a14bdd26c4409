import { PrismaService } from '../../src/platform/database/prisma.service';
import { PrismaSoloSessionRepository } from '../../src/solo/infrastructure/solo-session.repository.prisma';
import { ANN, BEN } from '../support/export-requests';
import { testConfig } from '../support/test-config';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const state = (json: string) => ({ json: Buffer.from(json), pageCount: 1 });

describe('The revisions of board sessions', () => {
  let database: TestDatabase;
  let prisma: PrismaService;
  let sessions: PrismaSoloSessionRepository;
  let id: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    prisma = new PrismaService(database.url, 'session-revisions');
    sessions = new PrismaSoloSessionRepository(prisma, testConfig());
  });

  beforeEach(async () => {
    const creation = await sessions.create({ owner: ANN, customerId: null, name: 'Board', state: state('1') }, null);
    id = creation.session.id;
  });

  afterAll(async () => {
    await prisma.$disconnect();
    await database.drop();
  });

  it.each<[string, readonly number[] | null | undefined]>([
    ['the one that is expected', [1]],
    ['one of those that are expected', [7, 1]],
    ['any, where none is expected', undefined],
    ['any, where there is no condition', null],
  ])('accept an update: %s', async (_, expectedRevs) => {
    expect(await sessions.update(id, ANN, { state: state('2'), expectedRevs })).toMatchObject({ rev: 2 });
  });

  it.each<[string, readonly number[]]>([
    ['an earlier one is expected', [0]],
    ['a later one is expected', [2, 3]],
    ['nothing can match', []],
  ])('refuse an update with the current revision when %s', async (_, expectedRevs) => {
    const refused = sessions.update(id, ANN, { state: state('2'), name: 'Other', expectedRevs });

    await expect(refused).rejects.toMatchObject({
      kind: 'precondition',
      code: 'revision-mismatch',
      details: { extensions: { rev: 1 } },
    });
    expect(await sessions.find(id, ANN)).toMatchObject({ rev: 1, name: 'Board' });
    expect((await sessions.readState(id))?.toString()).toBe('1');
  });

  it('accept the update of one of many clients with the same expectation', async () => {
    const saves = Array.from({ length: 8 }, (_, turn) =>
      sessions.update(id, ANN, { state: state(String(turn)), expectedRevs: [1] }),
    );

    const outcomes = await Promise.allSettled(saves);

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await sessions.find(id, ANN)).toMatchObject({ rev: 2 });
  });

  it('are not revealed to others', async () => {
    expect(await sessions.update(id, BEN, { name: 'Theirs', expectedRevs: [7] })).toBeNull();
  });
});
