import { asCatalog, createScheduleBench } from '../../../../test/support/schedule-bench';
import { everyDay, createUser } from '../../../../test/support/schedule-definitions';
import { DomainError } from '../../../platform/errors/domain-error';
import type { ScheduleInput } from '../domain/schedule';
import { accessToOwn } from '../domain/schedule-rights';
import { ScheduleDefinitions } from './schedule-definitions';
import { ScheduleManagement } from './schedule-management';
import { ScheduleRuns } from './schedule-runs';
import { ScheduleService } from './schedule.service';

const BUCKET = 's3://reports/';
const WEBHOOK = { url: 'https://hooks.example.com/' };

function scheduleInput(traits: Partial<ScheduleInput> = {}): ScheduleInput {
  return {
    name: 'Daily transactions',
    content: { format: 'csv', dataTypes: ['transactions'], tables: [], columns: null, filters: null, options: {} },
    recurrence: { frequency: 'daily', at: '07:30' },
    delivery: { method: 'download' },
    retentionSeconds: null,
    isActive: true,
    ...traits,
  };
}

function setup(environment: Record<string, string> = {}) {
  const bench = createScheduleBench(environment);
  const { catalog, delivering, config, schedules, runs, exporting } = bench;
  const managing = new ScheduleManagement(schedules);
  const definitions = new ScheduleDefinitions(asCatalog(catalog), delivering, config);
  const sut = new ScheduleService(schedules, managing, definitions);
  const running = new ScheduleRuns(sut, managing, runs, exporting, delivering, config);
  const save = (input: Partial<ScheduleInput> = {}, key: string | null = null) =>
    sut.create(bench.ann, scheduleInput(input), key);
  return { ...bench, sut, running, save };
}

const fieldsOf = async (refused: Promise<unknown>) => {
  const error: unknown = await refused.catch((thrown: unknown) => thrown);
  if (!(error instanceof DomainError)) throw error;
  return (error.details.fields ?? []).map(({ field }) => field).sort();
};

describe('ScheduleService', () => {
  describe('create', () => {
    it('stores a schedule as it was authorized, with its next slot', async () => {
      const { save } = setup();

      const { schedule, isNew, webhookSecret } = await save({ name: '  Daily transactions ' });

      expect([isNew, webhookSecret]).toEqual([true, null]);
      expect(schedule).toMatchObject({ name: 'Daily transactions', isActive: true, nextRunAt: expect.any(Date) });
      expect(schedule.granted).toMatchObject({ format: 'csv', dataTypes: ['transactions'] });
      expect(schedule.notice).toMatchObject({ channel: 'email', target: { to: 'ann@example.com' } });
    });

    it('shows a generated webhook secret once, and never to a repeat', async () => {
      const { save } = setup();
      const delivery = { method: 'webhook', webhook: WEBHOOK } as const;

      const first = await save({ delivery }, 'k');
      const repeat = await save({ delivery }, 'k');

      expect([first.webhookSecret, repeat.webhookSecret]).toEqual(['made', null]);
      expect(repeat).toMatchObject({ isNew: false, schedule: { id: first.schedule.id } });
    });

    it('refuses another request with the same idempotency key', async () => {
      const { save } = setup();
      await save({}, 'k');

      await expect(save({ name: 'Another' }, 'k')).rejects.toMatchObject({ kind: 'mismatch' });
    });

    it('names every invalid field at once', async () => {
      const { save, catalog } = setup();
      catalog.refusal = DomainError.invalidRequest({ field: 'data_types.0', message: 'unknown' });
      const recurrence = { frequency: 'daily', at: '25:00' };
      const delivery = { method: 's3' } as const;

      const refused = save({ name: '', recurrence, delivery, retentionSeconds: 8 * 86_400 });

      expect(await fieldsOf(refused)).toEqual(['at', 'data_types.0', 'destination', 'name', 'retention_days'].sort());
    });

    it.each([
      [{ frequency: '* * * * *' }, 'frequency'],
      [{ frequency: 'cron', cron: '0,5 * * * *' }, 'cron'],
    ])('refuses runs that are less than 15 minutes apart to all but administrators: %j', async (recurrence, field) => {
      const { save, sut } = setup();

      expect(await fieldsOf(save({ recurrence }))).toEqual([field]);
      const { schedule } = await sut.create(createUser({ roles: ['admin'] }), scheduleInput({ recurrence }), null);
      expect(schedule).toMatchObject({ isActive: true });
    });

    it('throws other errors unchanged', async () => {
      const { save, catalog } = setup();
      catalog.refusal = new DomainError('forbidden', 'insufficient-permissions', 'Insufficient permissions');

      await expect(save()).rejects.toMatchObject({ kind: 'forbidden' });
    });

    it('refuses a bucket that cannot be reached', async () => {
      const { save, buckets } = setup();
      buckets.lose(BUCKET);

      expect(await fieldsOf(save({ delivery: { method: 's3', destination: BUCKET } }))).toEqual(['destination']);
    });

    it('lets only administrators without a tenant use the credentials of the service', async () => {
      const { sut, save } = setup();
      const delivery = { method: 's3', destination: BUCKET } as const;
      const admin = createUser({ roles: ['admin'], email: 'root@example.com' });

      const [own, others] = [await sut.create(admin, scheduleInput({ delivery }), null), await save({ delivery })];
      const inTenant = await sut.create({ ...admin, tenantId: 'blue' }, scheduleInput({ delivery }), null);

      const rights = [own, others, inTenant].map(({ schedule }) => schedule.deliveries[0]?.target['isOperator']);
      expect(rights).toEqual([true, false, false]);
    });
  });

  describe('replace', () => {
    const keyed = { destination: BUCKET, destinationOptions: { accessKeyId: 'id', secretAccessKey: 'secret' } };

    it('keeps the credentials of the same bucket', async () => {
      const { sut, save, ann } = setup();
      const { schedule } = await save({ delivery: { method: 's3', ...keyed } });

      const replaced = await sut.replace(
        schedule.id,
        ann,
        scheduleInput({ delivery: { method: 's3', destination: BUCKET } }),
      );

      expect(replaced.schedule.deliveries[0]?.target).toMatchObject({ accessKeyId: 'id', secretAccessKey: 'secret' });
    });

    it('probes a bucket again whose credentials are kept', async () => {
      const { sut, save, ann, buckets } = setup();
      const { schedule } = await save({ delivery: { method: 's3', ...keyed } });
      buckets.lose(BUCKET);

      const replaced = sut.replace(
        schedule.id,
        ann,
        scheduleInput({ delivery: { method: 's3', destination: BUCKET } }),
      );

      expect(await fieldsOf(replaced)).toEqual(['destination']);
    });

    it('keeps no credentials for another bucket', async () => {
      const { sut, save, ann } = setup();
      const { schedule } = await save({ delivery: { method: 's3', ...keyed } });
      const delivery = { method: 's3', destination: 's3://others/' } as const;

      const replaced = await sut.replace(schedule.id, ann, scheduleInput({ delivery }));

      expect(replaced.schedule.deliveries[0]?.target).not.toHaveProperty('secretAccessKey', 'secret');
    });

    it('keeps the secret of the same webhook, and does not show it', async () => {
      const { sut, save, ann } = setup();
      const delivery = { method: 'webhook', webhook: { ...WEBHOOK, secret: 'given' } } as const;
      const { schedule } = await save({ delivery });

      const replaced = await sut.replace(
        schedule.id,
        ann,
        scheduleInput({ delivery: { method: 'webhook', webhook: WEBHOOK } }),
      );

      expect(replaced).toMatchObject({ webhookSecret: null, isNew: false });
      expect(replaced.schedule.deliveries[0]?.target).toMatchObject({ secret: 'given' });
    });

    it('removes the rights of an administrator when a former one saves it', async () => {
      const { sut, save, ann } = setup();
      const admin = { ...ann, roles: ['admin'] };
      const delivery = { method: 's3', destination: BUCKET } as const;
      const { schedule } = await sut.create(admin, scheduleInput({ delivery }), null);
      const { schedule: others } = await save({ delivery });

      const replaced = await sut.replace(schedule.id, ann, scheduleInput({ delivery }));

      expect(replaced.schedule.deliveries[0]?.target['isOperator']).toBe(false);
      expect(replaced.schedule.asAdmin).toBe(false);
      expect(others.asAdmin).toBe(false);
    });
  });
});

describe('A schedule of another user', () => {
  it('is neither replaced nor run by an administrator who may see it', async () => {
    const { sut, running, make } = setup();
    const { id } = await make();
    const root = createUser({ roles: ['admin'] });

    for (const refused of [sut.replace(id, root, scheduleInput()), running.runNow(id, root, null)]) {
      await expect(refused).rejects.toMatchObject({ kind: 'forbidden', code: 'owner-only' });
    }
  });

  it('is not found by an administrator of another tenant', async () => {
    const { sut, make } = setup();
    const { id } = await make();

    const replaced = sut.replace(id, createUser({ roles: ['admin'], tenantId: 'red' }), scheduleInput());

    await expect(replaced).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('ScheduleRuns', () => {
  it('runs a schedule now, also a paused one', async () => {
    const { running, make, ann, queue } = setup();
    const { id } = await make({ isActive: false });

    const { export: made, isNew } = await running.runNow(id, ann, null);

    expect([isNew, made]).toMatchObject([true, { status: 'pending', scheduleId: id, userId: ann.userId }]);
    expect(queue.takeAll()).toEqual([made.id]);
  });

  it('starts one run per idempotency key', async () => {
    const { running, make, ann } = setup();
    const { id } = await make();

    const [first, repeat] = [await running.runNow(id, ann, 'k'), await running.runNow(id, ann, 'k')];

    expect([first.isNew, repeat.isNew, repeat.export.id]).toEqual([true, false, first.export.id]);
  });

  it('limits manual runs as other exports', async () => {
    const { running, make, ann } = setup({ RATE_LIMIT_EXPORTS: '1/60s' });
    const { id } = await make();
    await running.runNow(id, ann, null);

    await expect(running.runNow(id, ann, null)).rejects.toMatchObject({ kind: 'limit' });
  });

  it('does not find the schedule of another user', async () => {
    const { running, make } = setup();
    const { id } = await make();

    await expect(running.runNow(id, createUser(), null)).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('shows each run with its export and its deliveries', async () => {
    const { running, make, ann, complete } = setup();
    const mail = { channel: 'email', on: ['completed'], target: { to: 'ann@example.com' } } as const;
    const schedule = await make({ deliveries: [mail], rule: everyDay() });
    const { export: made } = await running.runNow(schedule.id, ann, null);
    await complete(made.id);

    const { items, count } = await running.history(schedule.id, accessToOwn(ann), 10);
    const last = await running.lastOf([schedule]);

    expect(count).toBe(1);
    expect(items).toMatchObject([
      { export: { id: made.id, status: 'completed' }, deliveries: [{ channel: 'email', status: 'pending' }] },
    ]);
    expect(last.get(schedule.id)).toMatchObject({ run: { exportId: made.id }, export: { status: 'completed' } });
  });
});
