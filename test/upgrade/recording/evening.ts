import { redPicture } from './red-picture';
import { attemptFailed } from '../../support/deliveries';
import { stallUpdates } from '../../support/stall';
import { until } from '../../support/until';
import type { Principal } from '../day';
import { exportsOf, type KeptBoards } from './boards';
import type { People } from './people';
import type { Recorder } from './recorder';
import { holdOneTimeFile, type KeptEvents } from './rows';
import { fall, hook, type Schedules } from './schedules';

export interface Kept {
  readonly people: People;
  readonly boards: KeptBoards;
  readonly events: KeptEvents;
  readonly schedules: Schedules;
}

/** Messages that do not arrive that day: refused once, with a receiver that is away, or still without an answer. */
export async function leaveDeliveriesOpen(recorder: Recorder, { people, boards, schedules }: Kept): Promise<void> {
  const { bucket, mail, receiver } = recorder.surroundings;
  await until('all messages of the day have arrived', async () => {
    const open = await recorder.sql(`SELECT FROM export_deliveries WHERE status = 'pending'`);
    return open.length === 0;
  });
  bucket.isDown = true;
  await fall(recorder, schedules.copied.id);
  mail.next(...Array<'reject temporarily'>(100).fill('reject temporarily'));
  const mailed = await recorder.ask(people.ada, '/api/v1/exports', ...mailedRows());
  await attemptFailed(await recorder.as(people.ada), mailed.body.id as string, 1);
  receiver.behave(500);
  const refused = await requestWithWebhook(recorder, boards.note, people.artist);
  await attemptFailed(await recorder.as(people.artist), refused, 1);
  receiver.reset();
  receiver.behave('silent');
  await requestWithWebhook(recorder, boards.note, people.artist);
  await until('a message is with its receiver', () => receiver.received.length > 0);
  await until('a copy to the bucket has failed', async () => {
    const [row] = await recorder.sql(
      `SELECT FROM export_deliveries WHERE channel = 's3' AND status = 'pending' AND last_error IS NOT NULL`,
    );
    return row;
  });
}

function mailedRows(): [object, object] {
  const requested = { type: 'partial', format: 'csv', data_types: ['profile'] };
  return [{ ...requested, notify: { email: true } }, { notify: false }];
}

async function requestWithWebhook(recorder: Recorder, board: KeptBoards['note'], owner: Principal): Promise<string> {
  const secret = `whsec_${recorder.random.bytes(32).toString('base64')}`;
  const notify = { webhook: { url: hook(recorder, 'board'), secret } };
  const { body } = await recorder.ask(owner, exportsOf(board), { format: 'json', notify }, { format: 'pdf' });
  recorder.webhookSecrets.set(body.id as string, secret);
  return body.id as string;
}

/** The process that does everything is killed while it publishes two exports and gives out a one-time file. */
export async function killInTheMiddle(recorder: Recorder, { people, events }: Kept): Promise<void> {
  const { installation, receiver } = recorder.surroundings;
  let release: () => void = () => undefined;
  await holdOneTimeFile(recorder, people, new Promise((done) => (release = done)));
  // Their files are stored, and the records do not say so yet.
  const stall = await stallUpdates(installation, `OLD.status = 'processing' AND NEW.status = 'completed'`);
  const results = `/api/v1/events/${events.small}/results/export`;
  const rows = { type: 'partial', format: 'csv', data_types: ['transactions'] };
  const requested = [
    await recorder.ask(people.ada, '/api/v1/exports', rows, { format: 'json' }),
    await recorder.ask(people.ada, results, { format: 'json', one_time: false }, { format: 'csv' }),
  ];
  recorder.running.push(...requested.map(({ body }) => body.id as string));
  await until('both are about to be published', async () => {
    const waiting = await recorder.sql(
      `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND mode = 'ShareLock'`,
    );
    return waiting.length === recorder.running.length;
  });
  await recorder.service.kill('SIGKILL');
  release();
  await stall.release();
  receiver.reset();
}

/** While no worker runs, exports wait, and one is cancelled; a picture that its owner sends completes its export. */
export async function requestWithoutWorkers(
  recorder: Recorder,
  { people, boards, events, schedules }: Kept,
): Promise<void> {
  const { ada, artist, rotated, partner } = people;
  const results = `/api/v1/events/${events.small}/results/export`;
  const waiting = [
    await recorder.ask(
      artist,
      exportsOf(boards.lesson),
      { format: 'pdf', options: { page_size: 'a4' } },
      { options: {} },
    ),
    await recorder.ask(
      ada,
      '/api/v1/exports',
      { type: 'partial', format: 'json', data_types: ['profile'] },
      { format: 'csv' },
    ),
    await recorder.ask(ada, results, { format: 'csv', one_time: false }, { format: 'xlsx' }),
    await recorder.ask(partner, exportsOf(boards.ofPartner), { format: 'json' }, { format: 'png' }),
    await recorder.ask(ada, `/api/v1/exports/scheduled/${schedules.manual.id}/run`, {}, {}),
  ];
  recorder.pending.push(...waiting.map(({ body }) => body.id as string));
  const cancelled = await recorder.ask(ada, '/api/v1/exports', { type: 'full', format: 'csv' }, { format: 'json' });
  await (await recorder.as(ada)).delete(`/api/v1/exports/${cancelled.body.id}`);
  await sendPicture(recorder, artist, boards);
  const body = { user_id: 'pupil-1', name: 'Late', state: null };
  const { body: late } = await recorder.ask(rotated, '/api/v1/customer/solo/sessions', body, { name: 'Later' });
  await recorder.keepBoard(rotated, 'Late', null, late.id as string);
}

async function sendPicture(recorder: Recorder, artist: Principal, { note }: KeptBoards): Promise<void> {
  const secret = `whsec_${recorder.random.bytes(24).toString('base64')}`;
  const notify = { webhook: { url: hook(recorder, 'picture'), secret }, email: true };
  const { body } = await recorder.ask(artist, exportsOf(note), { format: 'png', notify }, { notify: false });
  recorder.webhookSecrets.set(body.id as string, secret);
  const picture = redPicture(20 + recorder.random.between(1, 40), 30);
  const client = await recorder.as(artist);
  const { status, text } = await client.send('PUT', `/api/v1/exports/${body.id}/content`, picture, {
    'content-type': 'image/png',
  });
  if (status !== 200) throw new Error(`The picture was refused: ${text}`);
}
