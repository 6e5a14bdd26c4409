import { createScheduleBench } from '../../../../test/support/schedule-bench';
import { DAY_SECONDS, MAIL_NOTICE, scheduleDefinition } from '../../../../test/support/schedule-definitions';
import type { PlatformUser } from '../../../catalog';
import { toRunRequest } from '../domain/schedule-run';
import type { ScheduleContent, ScheduleDefinition } from '../domain/schedule';
import { accessToOwn } from '../domain/schedule-rights';
import { RunAuthorization } from './run-authorization';

const ADMIN: PlatformUser = { isActive: true, isAdmin: true };
const TABLES: ScheduleContent = {
  format: 'csv',
  dataTypes: [],
  tables: ['users'],
  columns: null,
  filters: null,
  options: {},
};

/** A run of a schedule, as a worker is about to read it. */
async function setup(traits: Partial<ScheduleDefinition> = {}) {
  const administrators = [{ email: 'root@example.com', locale: 'uk' }];
  const bench = createScheduleBench({ ADMIN_RIGHT_DAYS: '30' }, administrators);
  const { make, runs, exporting, delivering, config, records, read, ann } = bench;
  const granted = { format: 'csv', dataTypes: [], filters: null, audited: {}, options: { tables: ['users'] } } as const;
  const schedule = await make({ asAdmin: true, content: TABLES, granted, notice: MAIL_NOTICE, ...traits });
  const started = await runs.startManual(schedule.id, ann, null, null);
  await exporting.request(toRunRequest(started));
  const sut = new RunAuthorization(runs, delivering, config);
  /** @param user as the platform's database has its owner */
  const authorize = async (user: PlatformUser | null | Promise<never> = null) => {
    const request = await read(started.run.exportId);
    await sut.authorize(request, async () => user);
  };
  const mails = () =>
    [...records.outbox.values()]
      .filter(({ event }) => event === 'schedule.paused')
      .map(({ message }) => [(message.target as { to: string }).to, (message.facts as { owner?: string }).owner]);
  return { ...bench, schedule, authorize, mails };
}

describe('RunAuthorization', () => {
  it.each<[string, PlatformUser | null]>([
    ['is an administrator', ADMIN],
    ['is not in the platform’s table', null],
  ])('lets an administrator’s schedule read whole tables while its owner %s', async (_, user) => {
    const { authorize, readSchedule, schedule } = await setup();

    await expect(authorize(user)).resolves.toBeUndefined();
    expect(await readSchedule(schedule)).toMatchObject({ isActive: true });
  });

  it.each<[string, PlatformUser | null, number, RegExp]>([
    ['is not active any more', { ...ADMIN, isActive: false }, 0, /not active/],
    ['is not an administrator any more', { ...ADMIN, isAdmin: false }, 0, /not an administrator/],
    ['has presented no administrator’s token for too long', ADMIN, 31, /for 30 days/],
    ['has presented no such token, and is not in the platform’s table', null, 31, /for 30 days/],
  ])('refuses the run, pauses the schedule and notifies when its owner %s', async (_, user, days, reason) => {
    const { authorize, readSchedule, schedule, records, mails, ann } = await setup();
    records.clock.advance(days * DAY_SECONDS);

    await expect(authorize(user)).rejects.toMatchObject({ code: 'administrator-right-ended', message: reason });
    await expect(authorize(user)).rejects.toMatchObject({ code: 'administrator-right-ended' });

    expect(await readSchedule(schedule)).toMatchObject({
      isActive: false,
      nextRunAt: null,
      pausedCode: 'administrator-right-ended',
      pausedReason: expect.stringMatching(reason),
    });
    expect(mails()).toEqual([
      ['ann@example.com', undefined],
      ['root@example.com', ann.userId],
    ]);
  });

  it('allows everything that every user may export, regardless of who saved it', async () => {
    const own = { content: { ...TABLES, tables: [], dataTypes: ['transactions'] } };
    const granted = { format: 'csv', dataTypes: ['transactions'], filters: null, options: {}, audited: {} } as const;
    const { authorize, records } = await setup({ ...own, granted });
    records.clock.advance(100 * DAY_SECONDS);

    await expect(authorize({ isActive: false, isAdmin: false })).resolves.toBeUndefined();
  });

  it('refuses a run that was started before its schedule was replaced by a permitted one', async () => {
    const { authorize, schedules, schedule, ann, readSchedule } = await setup();
    await schedules.replace(schedule.id, scheduleDefinition(), ann);

    await expect(authorize({ ...ADMIN, isAdmin: false })).rejects.toMatchObject({ code: 'administrator-right-ended' });
    expect(await readSchedule(schedule)).toMatchObject({ isActive: true });
  });

  it('refuses a run of whole tables whose schedule was deleted', async () => {
    const { authorize, schedules, schedule, ann } = await setup();
    await schedules.delete(schedule.id, accessToOwn(ann));

    await expect(authorize(ADMIN)).rejects.toMatchObject({ code: 'schedule-deleted' });
  });

  it('neither allows nor pauses while the platform’s database is unavailable', async () => {
    const { authorize, readSchedule, schedule } = await setup();

    await expect(authorize(Promise.reject(new Error('ECONNREFUSED')))).rejects.toThrow('ECONNREFUSED');
    expect(await readSchedule(schedule)).toMatchObject({ isActive: true });
  });
});
