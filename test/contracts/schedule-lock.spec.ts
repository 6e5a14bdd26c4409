import { PrismaService } from '../../src/platform/database/prisma.service';
import { PrismaScheduleRepository } from '../../src/scheduled-export/infrastructure/schedule.repository.prisma';
import { lockSchedule } from '../../src/scheduled-export/infrastructure/schedule-row';
import { scaled } from '../support/machine';
import { scheduleDefinition, createUser } from '../support/schedule-definitions';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

describe('The lock of a schedule', () => {
  let database: TestDatabase;
  let paused: PrismaService;
  let other: PrismaService;

  beforeAll(async () => {
    database = await createTestDatabase();
    paused = new PrismaService(database.url, 'paused');
    other = new PrismaService(database.url, 'other');
  });

  afterAll(async () => {
    await Promise.all([paused.onApplicationShutdown(), other.onApplicationShutdown()]);
    await database.drop();
  });

  it('is released when its process is paused within a transaction', async () => {
    const { schedule } = await new PrismaScheduleRepository(other).create(scheduleDefinition(), createUser(), null);
    // The transaction of a paused process does not end by itself.
    const forever = { timeout: scaled(600_000) };
    let wake = (): void => undefined;
    const pause = new Promise<void>((resolve) => (wake = resolve));
    let outcome: Promise<string> = Promise.resolve('');
    await new Promise<void>((isLocked) => {
      outcome = paused
        .$transaction(async (transaction) => {
          await lockSchedule(transaction, schedule.id);
          isLocked();
          await pause;
          await transaction.$queryRaw`SELECT 1`;
        }, forever)
        .then(
          () => 'committed',
          () => 'aborted',
        );
    });

    const locked = await other
      .$transaction(async (transaction) => {
        await transaction.$executeRaw`SELECT set_config('lock_timeout', '10s', true)`;
        return lockSchedule(transaction, schedule.id);
      }, forever)
      .finally(wake);

    expect(locked?.id).toBe(schedule.id);
    expect(await outcome).toBe('aborted');
  });
});
