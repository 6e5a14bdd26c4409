import { SCHEDULES, type RunRecord, type ScheduleRecord } from '../../support/schedules';
import { until } from '../../support/until';
import type { DaySchedule, Principal } from '../day';
import type { People } from './people';
import type { KeptSchedule, Recorder } from './recorder';

const ZONES = ['UTC', 'Europe/Kyiv', 'America/St_Johns', 'Asia/Kolkata', 'Pacific/Auckland'];
const WEEKDAYS = ['monday', 'friday', 'sunday'];
const TYPES = ['profile', 'payments', 'transactions', 'courses'];

export type ScheduleName =
  'hourly' | 'daily' | 'weekly' | 'monthly' | 'cron' | 'nightly' | 'copied' | 'paused' | 'gone' | 'manual' | 'one more';
export type Schedules = Readonly<Record<Exclude<ScheduleName, 'one more'>, KeptSchedule>>;

/** Schedules of every kind: how often they run, what they export, and how it is delivered. */
export async function keepSchedules(
  recorder: Recorder,
  { ada, bob, admin }: People,
  goneUrl: string,
): Promise<Schedules> {
  const { random } = recorder;
  const time = () =>
    `${String(random.between(0, 23)).padStart(2, '0')}:${String(random.between(0, 59)).padStart(2, '0')}`;
  const kept = (owner: Principal, name: ScheduleName, body: object) =>
    keep(recorder, owner, { name: `${name} ${random.between(10, 99)}`, timezone: random.pick(ZONES), ...body });
  const mine = () => ({ data_types: [random.pick(TYPES)], format: random.pick(['csv', 'json', 'ndjson', 'xlsx']) });
  const ours = () => ({ tables: ['transactions'], format: 'csv' });
  const webhook = { delivery_method: 'webhook', webhook: { url: hook(recorder, 'schedules') } };
  const cron = `${random.between(0, 59)} ${random.between(0, 23)} * * ${random.between(0, 6)}`;
  for (let more = random.between(0, 4); more > 0; more -= 1) {
    const frequency = random.pick(['hourly', 'daily', 'weekly', 'monthly', `*/${random.pick([15, 20, 30])} * * * *`]);
    await kept(random.pick([ada, bob]), 'one more', {
      ...mine(),
      frequency,
      delivery_email: random.pick([true, false]),
    });
  }
  return {
    hourly: await kept(ada, 'hourly', { ...mine(), frequency: 'hourly', at: `00:${time().slice(3)}` }),
    daily: await kept(ada, 'daily', { ...mine(), frequency: 'daily', at: time(), ...webhook }),
    weekly: await kept(bob, 'weekly', {
      ...mine(),
      frequency: 'weekly',
      weekday: random.pick(WEEKDAYS),
      at: time(),
      delivery_email: true,
      language: random.pick(['uk', 'en']),
    }),
    monthly: await kept(bob, 'monthly', {
      ...mine(),
      frequency: 'monthly',
      day_of_month: random.between(1, 31),
      at: time(),
      retention_days: 30,
    }),
    cron: await kept(ada, 'cron', { ...mine(), frequency: cron, ...webhook }),
    nightly: await kept(admin, 'nightly', {
      ...ours(),
      frequency: 'daily',
      at: time(),
      filters: { transactions: { created_at: 'yesterday' } },
    }),
    copied: await kept(admin, 'copied', { ...ours(), frequency: 'daily', at: time(), ...bucketOf(recorder) }),
    paused: await kept(ada, 'paused', { ...mine(), frequency: 'daily', is_active: false }),
    gone: await kept(ada, 'gone', {
      ...mine(),
      frequency: 'daily',
      delivery_method: 'webhook',
      webhook: { url: goneUrl },
    }),
    manual: await kept(ada, 'manual', { ...mine(), frequency: 'monthly', at: time() }),
  };
}

/** @returns an address of the receiver that is up again after the upgrade */
export function hook({ surroundings }: Recorder, path: string): string {
  return `http://${surroundings.receiver.host}/${path}`;
}

function bucketOf({ random, surroundings }: Recorder): object {
  const { accessKeyId, secretAccessKey } = surroundings.bucketKeys;
  return {
    delivery_method: 's3',
    destination: `s3://bucket-${random.between(100, 999)}/daily/`,
    destination_options: {
      endpoint: `http://${surroundings.bucket.host}`,
      region: 'eu-central-1',
      access_key_id: accessKeyId,
      secret_access_key: secretAccessKey,
      force_path_style: true,
    },
  };
}

async function keep(recorder: Recorder, owner: Principal, body: object): Promise<KeptSchedule> {
  const { body: made } = await recorder.ask(owner, SCHEDULES, body, { name: 'another' });
  const { id, webhook_secret: webhookSecret = null } = made as ScheduleRecord;
  const schedule = { owner, id, webhookSecret };
  recorder.schedules.push(schedule);
  return schedule;
}

/** Lets the time of some come, and runs some at their owners' wish; waits until all that has ended. */
export async function runSchedules(recorder: Recorder, schedules: Schedules): Promise<void> {
  const due = [
    schedules.hourly,
    schedules.daily,
    schedules.weekly,
    schedules.nightly,
    schedules.copied,
    schedules.gone,
  ];
  for (const { id } of due) await fall(recorder, id);
  const { manual, cron } = schedules;
  await recorder.ask(manual.owner, `${SCHEDULES}/${manual.id}/run`, {}, {});
  await (await recorder.as(cron.owner)).post(`${SCHEDULES}/${cron.id}/run`);
  for (const schedule of [...due, manual, cron]) await runsEnd(recorder, schedule);
  await (await recorder.as(manual.owner)).post(`${SCHEDULES}/${manual.id}/pause`);
}

/** Lets the time come at which it runs next. */
export async function fall(recorder: Recorder, id: string): Promise<void> {
  await recorder.sql('UPDATE scheduled_exports SET next_run_at = now() WHERE id = $1 AND is_active', id);
}

async function runsEnd(recorder: Recorder, { owner, id }: KeptSchedule): Promise<void> {
  const client = await recorder.as(owner);
  await until(`a run of ${id} has ended`, async () => {
    const { body } = await client.get(`${SCHEDULES}/${id}/runs`);
    const runs = body.results as RunRecord[];
    return runs.length > 0 && runs.every(({ outcome }) => outcome !== null);
  });
}

/** Reads all schedules again, as they are at the end of the day. */
export async function readSchedules(recorder: Recorder): Promise<DaySchedule[]> {
  const schedules: DaySchedule[] = [];
  for (const { owner, id, webhookSecret } of recorder.schedules) {
    const client = await recorder.as(owner);
    const { body: record } = await client.get(`${SCHEDULES}/${id}`);
    const { body: runs } = await client.get(`${SCHEDULES}/${id}/runs`);
    for (const { export_id: exportId } of runs.results as RunRecord[]) {
      if (webhookSecret) recorder.webhookSecrets.set(exportId, webhookSecret);
    }
    schedules.push({ owner, record, webhookSecret, runs: runs.count as number });
  }
  return schedules;
}
