import { idempotentRequest } from '../../src/platform/idempotent-request';
import type { UserPrincipal } from '../../src/platform/auth/principal';
import type {
  ScheduleQuery,
  ScheduleRepository,
} from '../../src/scheduled-export/model/domain/interfaces/schedule.repository';
import type { RecurrenceRule } from '../../src/scheduled-export/model/domain/recurrence/recurrence-rule';
import { accessFor, accessToOwn, OPERATOR_ACCESS } from '../../src/scheduled-export/model/domain/schedule-rights';
import { MAX_FAILURES } from '../../src/scheduled-export/model/domain/pause';
import { MAX_SCHEDULES, type Schedule } from '../../src/scheduled-export/model/domain/schedule';
import type { CreateRecords, RecordsUnderTest } from '../support/records-under-test';
import { DAY_SECONDS, everyDay, MAIL_NOTICE, scheduleDefinition, createUser } from '../support/schedule-definitions';

/** What only the owner of a schedule may do with it. */
const MOVES: readonly [string, (schedules: ScheduleRepository, id: string, by: UserPrincipal) => Promise<unknown>][] = [
  ['find', (schedules, id, by) => schedules.find(id, accessToOwn(by))],
  ['replace', (schedules, id, by) => schedules.replace(id, scheduleDefinition({ name: 'Theirs' }), by)],
  ['pause', (schedules, id, by) => schedules.pause(id, accessToOwn(by))],
  ['resume', (schedules, id, by) => schedules.resume(id, accessToOwn(by))],
];

function inSixHours(): string {
  return new Date(Date.now() + 6 * 3_600_000).toISOString().slice(11, 16);
}

/** What every repository of schedules has to keep. */
export function describeScheduleRepository(name: string, create: CreateRecords): void {
  describe(name, () => {
    let records: RecordsUnderTest;
    let schedules: ScheduleRepository;

    beforeAll(async () => {
      records = await create();
      ({ schedules } = records);
    });
    beforeEach(() => records.clear());
    afterAll(() => records.end());

    async function make(by: UserPrincipal, traits: Parameters<typeof scheduleDefinition>[0] = {}): Promise<Schedule> {
      return (await schedules.create(scheduleDefinition(traits), by, null)).schedule;
    }

    const actions = async (id: string) => (await records.auditOf(id)).map(({ action }) => action);

    /** Lets the runs of a schedule fail until the service pauses it. */
    async function failUntilPaused(schedule: Schedule, by: UserPrincipal): Promise<void> {
      for (let turn = 0; turn < MAX_FAILURES; turn++) {
        const { run } = await records.runs.startManual(schedule.id, by, null, null);
        await records.runs.conclude(run, {
          outcome: 'failed',
          error: 'No rows',
          errorCode: 'rows-not-written',
          failureStreak: 'increment',
        });
      }
    }

    describe('create', () => {
      it('stores all settings of its owner and the next slot', async () => {
        const ann = createUser({ tenantId: 'blue' });
        const definition = scheduleDefinition({
          notice: MAIL_NOTICE,
          deliveries: [MAIL_NOTICE],
          retentionSeconds: 60,
          asAdmin: true,
          content: {
            format: 'xlsx',
            dataTypes: [],
            tables: ['users'],
            columns: { users: ['id'] },
            filters: { a: 1 },
            options: { compress: true },
          },
        });

        const { schedule, isNew } = await schedules.create(definition, ann, null);

        expect(isNew).toBe(true);
        expect(schedule).toMatchObject({ ...definition, userId: ann.userId, tenantId: 'blue', failures: 0 });
        expect(schedule).toMatchObject({ lastRunAt: null, pausedReason: null });
        const hours = (schedule.nextRunAt!.getTime() - records.now().getTime()) / 3_600_000;
        expect(hours).toBeGreaterThan(11.9);
        expect(hours).toBeLessThan(12.1);
        expect(schedule).toEqual(await schedules.find(schedule.id, accessToOwn(ann)));
        expect(await records.auditOf(schedule.id)).toMatchObject([
          { action: 'schedule.created', userId: ann.userId, tenantId: 'blue' },
        ]);
      });

      it('sets no slot for a paused schedule', async () => {
        expect(await make(createUser(), { isActive: false })).toMatchObject({ isActive: false, nextRunAt: null });
      });

      it('creates one schedule per idempotency key', async () => {
        const ann = createUser();
        const keyed = (what: string) => idempotentRequest(ann, 'k', 'schedule', what);
        const repeats = Array.from({ length: 3 }, () => schedules.create(scheduleDefinition(), ann, keyed('same')));
        const made = await Promise.all(repeats);

        const other = schedules.create(scheduleDefinition(), ann, keyed('other'));

        await expect(other).rejects.toMatchObject({ kind: 'mismatch' });
        expect(made.filter(({ isNew }) => isNew)).toHaveLength(1);
        expect(new Set(made.map(({ schedule }) => schedule.id)).size).toBe(1);
      });

      it('reports that the schedule of an idempotency key was deleted', async () => {
        const ann = createUser();
        const key = idempotentRequest(ann, 'k', 'schedule');
        const { schedule } = await schedules.create(scheduleDefinition(), ann, key);
        await schedules.delete(schedule.id, accessToOwn(ann));

        await expect(schedules.create(scheduleDefinition(), ann, key)).rejects.toMatchObject({ kind: 'gone' });
      });

      it(`rejects more than ${MAX_SCHEDULES} schedules of an owner, also concurrently`, async () => {
        const ann = createUser();
        for (let turn = 1; turn < MAX_SCHEDULES; turn++) await make(ann);

        const last = await Promise.allSettled([make(ann), make(ann), make(ann)]);

        expect(last.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        await expect(make(ann)).rejects.toMatchObject({ kind: 'conflict', code: 'too-many-schedules' });
        expect(await make({ ...ann, tenantId: 'blue' })).toMatchObject({ tenantId: 'blue' });
        expect(await make(createUser())).toMatchObject({ isActive: true });
      });
    });

    describe('another user', () => {
      const otherUsers = (owner: UserPrincipal): UserPrincipal[] => [createUser(), { ...owner, tenantId: 'blue' }];

      it.each(MOVES)('cannot %s the schedule', async (_, move) => {
        const ann = createUser();
        const schedule = await make(ann);

        for (const otherUser of otherUsers(ann)) {
          expect(await move(schedules, schedule.id, otherUser)).toBeNull();
          expect(await schedules.list({ access: accessToOwn(otherUser), size: 10 })).toMatchObject({
            count: 0,
            items: [],
          });
        }
        expect(await schedules.find(schedule.id, accessToOwn(ann))).toEqual(schedule);
        expect(await actions(schedule.id)).toEqual(['schedule.created']);
      });

      it('cannot delete the schedule', async () => {
        const ann = createUser();
        const schedule = await make(ann);

        for (const otherUser of otherUsers(ann))
          expect(await schedules.delete(schedule.id, accessToOwn(otherUser))).toBe(false);
        expect(await schedules.find(schedule.id, accessToOwn(ann))).toEqual(schedule);
      });
    });

    describe('an administrator', () => {
      const inBlue = (traits: Partial<UserPrincipal> = {}) => createUser({ tenantId: 'blue', ...traits });
      const root = createUser({ roles: ['admin'] });
      const ofBlue = accessFor(inBlue({ roles: ['admin'] }));
      const ofRed = accessFor(createUser({ tenantId: 'red', roles: ['admin'] }));

      it('manages the schedules of their tenant, or of all', async () => {
        const owner = inBlue();
        for (const access of [ofBlue, accessFor(root), OPERATOR_ACCESS]) {
          const { id } = await make(owner);

          expect(await schedules.find(id, access)).toMatchObject({ id, userId: owner.userId });
          expect(await schedules.pause(id, access)).toMatchObject({
            isActive: false,
            pausedCode: 'paused-by-administrator',
            pausedReason: 'An administrator paused it.',
          });
          expect(await schedules.resume(id, access)).toMatchObject({ isActive: true, pausedCode: null });
          expect(await schedules.delete(id, access)).toBe(true);
          const [, ...steps] = await records.auditOf(id);
          expect(steps.map(({ action }) => action)).toEqual(
            ['paused', 'resumed', 'deleted'].map((step) => `schedule.${step}`),
          );
          for (const { userId, tenantId, details } of steps) {
            expect({ userId, tenantId }).toEqual({ userId: access.actor?.userId ?? null, tenantId: 'blue' });
            expect(details).toMatchObject({ owner: owner.userId, ...(!access.actor && { by: 'operator' }) });
          }
        }
      });

      it('of a tenant has no access to schedules of other tenants, or without a tenant', async () => {
        for (const owner of [inBlue(), createUser()]) {
          const { id } = await make(owner);

          expect(await schedules.find(id, ofRed)).toBeNull();
          expect(await schedules.pause(id, ofRed)).toBeNull();
          expect(await schedules.resume(id, ofRed)).toBeNull();
          expect(await schedules.delete(id, ofRed)).toBe(false);
          expect(await schedules.list({ access: ofRed, size: 10 })).toMatchObject({ count: 0, items: [] });
          expect(await actions(id)).toEqual(['schedule.created']);
        }
      });

      it('lists all accessible schedules, or those of one user or tenant', async () => {
        const [ann, ben, zoe] = [inBlue(), inBlue(), createUser()];
        const [ofAnn, ofBen, ofZoe] = [(await make(ann)).id, (await make(ben)).id, (await make(zoe)).id];
        const list = async (query: Omit<ScheduleQuery, 'size'>) =>
          (await schedules.list({ ...query, size: 10 })).items.map(({ id }) => id);

        expect(await list({ access: ofBlue })).toEqual([ofBen, ofAnn]);
        expect(await list({ access: accessFor(root) })).toEqual([ofZoe, ofBen, ofAnn]);
        expect(await list({ access: accessFor(root), tenantId: 'blue' })).toEqual([ofBen, ofAnn]);
        expect(await list({ access: accessFor(root), ownerId: zoe.userId })).toEqual([ofZoe]);
        expect(await list({ access: ofBlue, ownerId: zoe.userId })).toEqual([]);
      });
    });

    describe('the administrator’s right', () => {
      const days = 3;

      it.each<[string, (schedule: Schedule, ann: UserPrincipal) => Promise<unknown>]>([
        ['a request with their token', (_, ann) => schedules.recordAdminActivity(ann)],
        [
          'saving the schedule again',
          ({ id }, ann) => schedules.replace(id, scheduleDefinition({ asAdmin: true }), ann),
        ],
        [
          'resuming the schedule',
          async ({ id }, ann) => {
            await schedules.pause(id, accessToOwn(ann));
            await schedules.resume(id, accessToOwn(ann));
          },
        ],
      ])('is confirmed by %s', async (_, act) => {
        const ann = createUser({ roles: ['admin'] });
        const schedule = await make(ann, { asAdmin: true });
        await records.advance(days * DAY_SECONDS);

        await act(schedule, ann);

        const { adminSeenAt } = (await schedules.find(schedule.id, accessToOwn(ann)))!;
        expect(Math.abs(adminSeenAt.getTime() - records.now().getTime())).toBeLessThan(10_000);
      });

      it('is not confirmed by others, for what was saved without it, or twice an hour', async () => {
        const ann = createUser({ roles: ['admin'] });
        const [asAdmin, own] = [await make(ann, { asAdmin: true }), await make(ann)];
        await records.advance(1_800);
        await schedules.recordAdminActivity(ann);
        await records.advance(days * DAY_SECONDS);
        for (const other of [createUser(), { ...ann, tenantId: 'blue' }]) await schedules.recordAdminActivity(other);
        await schedules.pause(asAdmin.id, accessFor(createUser({ roles: ['admin'] })));
        await schedules.resume(asAdmin.id, accessFor(createUser({ roles: ['admin'] })));

        for (const { id } of [asAdmin, own]) {
          const { adminSeenAt } = (await schedules.find(id, accessToOwn(ann)))!;
          const age = (records.now().getTime() - adminSeenAt.getTime()) / 1000;
          expect(age).toBeGreaterThan(days * DAY_SECONDS + 1_790);
        }
      });
    });

    describe('a list', () => {
      it('is in pages, newest first, with the total', async () => {
        const ann = createUser();
        const ids: string[] = [];
        for (let turn = 0; turn < 3; turn++) ids.unshift((await make(ann)).id);

        const first = await schedules.list({ access: accessToOwn(ann), size: 2 });
        const second = await schedules.list({ access: accessToOwn(ann), size: 2, cursor: first.nextCursor! });

        expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
        expect([first.count, first.items.length, second.nextCursor]).toEqual([3, 2, null]);
      });

      it('can be filtered by active and paused', async () => {
        const ann = createUser();
        const [active, paused] = [await make(ann), await make(ann, { isActive: false })];

        expect((await schedules.list({ access: accessToOwn(ann), size: 9, isActive: true })).items).toEqual([active]);
        expect((await schedules.list({ access: accessToOwn(ann), size: 9, isActive: false })).items).toEqual([paused]);
      });
    });

    describe('replace', () => {
      it('changes all settings of its owner', async () => {
        const ann = createUser();
        const { id } = await make(ann);
        const definition = scheduleDefinition({ name: 'Hourly users', notice: MAIL_NOTICE, retentionSeconds: 60 });

        const replaced = await schedules.replace(id, definition, ann);

        expect(replaced).toMatchObject({ id, ...definition });
        expect(await schedules.find(id, accessToOwn(ann))).toEqual(replaced);
        expect(await actions(id)).toEqual(['schedule.created', 'schedule.changed']);
      });

      it('keeps a due slot while the rule is unchanged', async () => {
        const ann = createUser();
        const { id, rule } = await make(ann);
        await records.advance(DAY_SECONDS);
        const due = await schedules.find(id, accessToOwn(ann));

        const replaced = await schedules.replace(id, scheduleDefinition({ name: 'Renamed', rule }), ann);

        expect(replaced!.nextRunAt).toEqual(due!.nextRunAt);
        expect(await records.runs.startDue()).toMatchObject({ run: { scheduleId: id } });
      });

      it.each<[string, Partial<RecurrenceRule>, Partial<RecurrenceRule>]>([
        ['frequency', {}, { frequency: 'hourly' }],
        ['time of day', {}, { at: inSixHours() }],
        ['time zone', {}, { timeZone: 'Europe/Kyiv' }],
        ['weekday', { frequency: 'weekly', weekday: 1 }, { weekday: 4 }],
        ['day of the month', { frequency: 'monthly', dayOfMonth: 5 }, { dayOfMonth: 20 }],
        ['cron expression', { frequency: 'cron', at: null, cron: '0 5 * * *' }, { cron: '0 17 * * *' }],
      ])('sets the next slot when the %s changes', async (_, before, change) => {
        const ann = createUser();
        const former = { ...everyDay(), ...before };
        const rule = { ...former, ...change };
        const { id } = await make(ann, { rule: former });
        const { nextRunAt: first } = await make(createUser(), { rule });

        const replaced = await schedules.replace(id, scheduleDefinition({ rule }), ann);

        expect(replaced!.nextRunAt).toEqual(first);
      });

      it('that pauses a schedule removes its slot', async () => {
        const ann = createUser();
        const { id } = await make(ann);

        expect(await schedules.replace(id, scheduleDefinition({ isActive: false }), ann)).toMatchObject({
          isActive: false,
          nextRunAt: null,
        });
      });

      it('resets a schedule that the service paused', async () => {
        const ann = createUser();
        const schedule = await make(ann);
        await failUntilPaused(schedule, ann);

        const replaced = await schedules.replace(schedule.id, scheduleDefinition(), ann);

        expect(replaced).toMatchObject({ isActive: true, pausedReason: null, failures: 0 });
        expect(replaced!.nextRunAt).not.toBeNull();
      });
    });

    describe('pause and resume', () => {
      it('stop a schedule, and continue it at the next slot', async () => {
        const ann = createUser();
        const { id } = await make(ann);

        const paused = await schedules.pause(id, accessToOwn(ann));
        await records.advance(2 * DAY_SECONDS);
        const none = await records.runs.startDue();
        const resumed = await schedules.resume(id, accessToOwn(ann));

        expect(paused).toMatchObject({ isActive: false, nextRunAt: null, pausedReason: null });
        expect(none).toBeNull();
        expect(resumed).toMatchObject({ isActive: true });
        expect(resumed!.nextRunAt!.getTime()).toBeGreaterThan(records.now().getTime() - 1_000);
        expect(await actions(id)).toEqual(['schedule.created', 'schedule.paused', 'schedule.resumed']);
      });

      it('clear the service’s reason for the pause', async () => {
        const ann = createUser();
        const schedule = await make(ann);
        await failUntilPaused(schedule, ann);
        const paused = await schedules.find(schedule.id, accessToOwn(ann));

        const resumed = await schedules.resume(schedule.id, accessToOwn(ann));

        expect(paused).toMatchObject({ isActive: false, failures: MAX_FAILURES, pausedReason: expect.any(String) });
        expect(resumed).toMatchObject({ isActive: true, failures: 0, pausedReason: null });
      });

      it('do not change what is already so', async () => {
        const ann = createUser();
        const active = await make(ann);
        const paused = await make(ann, { isActive: false });

        expect(await schedules.resume(active.id, accessToOwn(ann))).toEqual(active);
        expect(await schedules.pause(paused.id, accessToOwn(ann))).toEqual(paused);
        expect(await actions(active.id)).toEqual(['schedule.created']);
      });
    });

    it('deletes a schedule with its runs once', async () => {
      const ann = createUser();
      const { id } = await make(ann);
      await records.runs.startManual(id, ann, null, null);

      expect(await schedules.delete(id, accessToOwn(ann))).toBe(true);
      expect(await schedules.delete(id, accessToOwn(ann))).toBe(false);
      expect(await schedules.find(id, accessToOwn(ann))).toBeNull();
      expect(await records.runs.list(id, 10)).toMatchObject({ count: 0 });
      expect((await actions(id)).at(-1)).toBe('schedule.deleted');
    });
  });
}
