import { insertEvent, insertParticipants } from '../../support/events';
import { download } from '../../support/one-time';
import { until } from '../../support/until';
import { follow } from '../../support/client';
import type { Principal } from '../day';
import { linkAt } from '../links';
import type { People } from './people';
import type { Recorder } from './recorder';

const EXPORTS = '/api/v1/exports';
const BULK = '/api/v1/export/bulk';
const DATA_TYPES = ['profile', 'payments', 'transactions', 'courses', 'activity_log'];

/** Rows of one's own and whole tables, in every format; one export that can only fail; rows streamed in the answer. */
export async function takeRows(recorder: Recorder, { ada, bob, admin }: People): Promise<void> {
  const { random } = recorder;
  const data_types = [random.pick(DATA_TYPES)];
  await recorder.ask(ada, EXPORTS, { type: 'partial', format: 'csv', data_types }, { format: 'json' });
  await recorder.ask(
    ada,
    EXPORTS,
    { type: 'full', format: 'json', options: { compression: 'gzip' } },
    { type: 'partial', data_types },
  );
  await recorder.ask(
    bob,
    EXPORTS,
    { type: 'partial', format: 'xlsx', data_types, options: { timezone: 'Europe/Kyiv' } },
    { options: {} },
  );
  const filters = { transactions: { amount: { gte: random.between(1, 50) }, dateTo: 'now' } };
  await recorder.ask(admin, BULK, { tables: ['transactions'], format: 'ndjson', filters }, { filters: {} });
  await recorder.ask(admin, BULK, { tables: ['users', 'transactions'], format: 'csv' }, { tables: ['users'] });
  await (await recorder.as(ada)).post(EXPORTS, { type: 'realtime', format: 'csv', data_types: ['transactions'] });
  await requestInvalid(recorder, admin);
}

async function requestInvalid(recorder: Recorder, admin: Principal): Promise<void> {
  const view =
    'CREATE VIEW public.impossible AS SELECT id AS user_id, 1 / (length(id::text) - 36) AS number FROM users';
  recorder.objects.push(view);
  await recorder.sql(view);
  const body = { name: 'impossible', tables: ['impossible'], owners: { impossible: null } };
  await recorder.ask(admin, '/api/v1/exports/data-types', body, { name: 'possible' });
  await recorder.ask(admin, BULK, { tables: ['impossible'], format: 'csv' }, { format: 'json' });
}

export interface KeptEvents {
  readonly small: string;
  readonly large: string;
}

/** Results in files that can be downloaded once: one is not downloaded, one is. */
export async function takeResults(recorder: Recorder, { ada, partner }: People): Promise<KeptEvents> {
  const traits = {
    organizer: ada.kind === 'user' ? ada.sub : '',
    ...(ada.kind === 'user' && { tenant: ada.tenant ?? null }),
  };
  const customer = partner.kind === 'customer' ? partner.id : '';
  const small = await insertEvent(recorder.sql, { ...traits, customer, title: 'Олімпіада "2026"' });
  await insertParticipants(recorder.sql, small, recorder.random.between(5, 40));
  // More than the kernel takes off the hands of who sends, and nearly nothing when it is packed.
  const large = await insertEvent(recorder.sql, { ...traits, title: 'Marathon' });
  await insertParticipants(recorder.sql, large, 1_200, { answerLength: 9_000, prefix: 'Runner' });
  const results = (id: string) => `/api/v1/events/${id}/results/export`;
  const { body: free } = await recorder.ask(ada, results(small.id), { format: 'csv' }, { format: 'json' });
  const { body: once } = await recorder.ask(ada, results(small.id), { format: 'xlsx' }, { one_time: false });
  const { body: held } = await recorder.ask(ada, results(large.id), { format: 'csv', options: {} }, { format: 'xlsx' });
  await recorder.ask(
    partner,
    `/api/v1/customer/events/${small.id}/results/export`,
    { format: 'json' },
    { format: 'csv' },
  );
  const client = await recorder.as(ada);
  Object.assign(recorder.oneTime, { free: free.id, downloaded: once.id, leased: held.id });
  const { file_url: link } = await client.finished(once.id as string);
  await follow(linkAt(recorder.service.url, link));
  await client.reaches(once.id as string, 'expired');
  return { small: small.id, large: large.id };
}

/** Begins to read a large one-time file, and reads on only when the process is gone. */
export async function holdOneTimeFile(recorder: Recorder, { ada }: People, gone: Promise<void>): Promise<void> {
  const { file_url: link } = await (await recorder.as(ada)).finished(recorder.oneTime.leased);
  void download(linkAt(recorder.service.url, link), { pauseAt: 1, resumed: gone });
  await until('the one-time file is held', async () => {
    const [row] = await recorder.sql(
      'SELECT FROM exports WHERE id = $1 AND download_lease > now()',
      recorder.oneTime.leased,
    );
    return row;
  });
}
