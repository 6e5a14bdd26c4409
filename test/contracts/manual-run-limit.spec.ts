import { PrismaService } from '../../src/platform/prisma/prisma.service';
import { RateLimitExceededError } from '../../src/platform/rate-limit/rate-limit';
import { PrismaScheduleRunRepository } from '../../src/scheduled-export/infrastructure/schedule-run.repository.prisma';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { testConfig } from '../support/test-config';

const LIMIT = { limit: 3, windowSeconds: 900 };

describe('The rate limit of manual runs', () => {
  let database: TestDatabase;
  let processes: PrismaService[];

  beforeAll(async () => {
    database = await createTestDatabase();
    processes = ['ours', 'theirs'].map((program) => new PrismaService(database.url, program));
  });

  afterAll(async () => {
    await Promise.all(processes.map((prisma) => prisma.$disconnect()));
    await database.drop();
  });

  async function scheduleOf(userId: string, tenantId: string | null = null): Promise<string> {
    const { id } = await processes[0]!.schedule.create({
      data: { userId, tenantId, name: 'Daily', format: 'csv', granted: {}, frequency: 'daily', isActive: false },
    });
    return id;
  }

  /** Runs a schedule so many times at once, from two processes. @returns how many were granted */
  async function runAtOnce(times: number, id: string, userId: string, tenantId: string | null = null): Promise<number> {
    const by = { userId, tenantId, roles: [] };
    const asked = Array.from({ length: times }, (_, turn) =>
      new PrismaScheduleRunRepository(processes[turn % 2]!, testConfig({ DATABASE_URL: database.url }))
        .beginManual(id, by, null, LIMIT)
        .then(
          () => true,
          (error: unknown) => {
            if (error instanceof RateLimitExceededError) return false;
            throw error;
          },
        ),
    );
    return (await Promise.all(asked)).filter(Boolean).length;
  }

  it('grants exactly as many as it allows, however many come at once', async () => {
    const id = await scheduleOf('ann');

    expect(await runAtOnce(12, id, 'ann')).toBe(LIMIT.limit);
    expect(await runAtOnce(2, id, 'ann')).toBe(0);
  });

  it('is counted for each user in each tenant', async () => {
    const [one, other] = [await scheduleOf('bob'), await scheduleOf('bob', 'blue')];

    expect(await runAtOnce(4, one, 'bob')).toBe(LIMIT.limit);
    expect(await runAtOnce(4, other, 'bob', 'blue')).toBe(LIMIT.limit);
  });
});
