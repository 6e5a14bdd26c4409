import { noteBoard } from '../support/boards';
import type { Client } from '../support/client';
import { keepEvent, keepParticipants } from '../support/events';
import { Installation } from '../support/installation';
import { MailServer } from '../support/mail-server';
import { until } from '../support/until';

interface Told {
  readonly channel: string;
  readonly event: string;
  readonly to: string | null;
  readonly status: string;
  readonly attempts: number;
  readonly error: string | null;
}

/** Who asks for an export gets word of its end, in one mail, whatever the mail server does. */
describe('Mail about exports', () => {
  let installation: Installation;
  let server: MailServer;
  let ann: Client;

  beforeAll(async () => {
    server = await MailServer.start();
    installation = await Installation.create({
      SMTP_URL: server.url,
      MAIL_FROM: 'Exports <exports@platform.example>',
      EXPORT_LEASE_SECONDS: '3',
    });
    await installation.start();
    ann = await installation.asUser('ann', { email: 'ann@example.com' });
  });

  beforeEach(() => {
    server.accepted.length = 0;
    server.offered.length = 0;
    server.next();
  });

  afterAll(async () => {
    await installation.remove();
    await server.close();
  });

  async function told(person: Client, id: string): Promise<Told[]> {
    return (await person.get(`/api/v1/exports/${id}/deliveries`)).body.results as Told[];
  }

  async function ended(person: Client, id: string): Promise<Told> {
    return until('the delivery has ended', async () =>
      (await told(person, id)).find(({ status }) => status !== 'pending'),
    );
  }

  async function attempted(person: Client, id: string, times: number): Promise<Told> {
    return until(
      `attempt ${times} has failed`,
      async () => (await told(person, id)).find(({ attempts, error }) => attempts === times && error !== null),
      { within: 45_000 },
    );
  }

  /** Lets a day of pauses pass. */
  async function bringForward(): Promise<void> {
    await installation.sql(`UPDATE export_deliveries SET next_attempt_at = now() WHERE status = 'pending'`);
  }

  async function askFor(person: Client, notify?: unknown, name = 'Algebra', format = 'pdf'): Promise<string> {
    const session = await person.saveBoard(noteBoard(), name);
    const { status, body, text } = await person.post(`/api/v1/solo/sessions/${session}/export`, { format, notify });
    if (status !== 201) throw new Error(text);
    return body.id as string;
  }

  it('says what was made and brings the link to it', async () => {
    const id = await askFor(ann, { email: true });

    const delivery = await ended(ann, id);

    const [mail] = server.accepted;
    const record = await ann.status(id);
    expect(delivery).toMatchObject({ channel: 'email', event: 'export.completed', to: 'a***@example.com' });
    expect(delivery).toMatchObject({ status: 'delivered', attempts: 1, error: null });
    expect(mail).toMatchObject({ from: 'exports@platform.example', to: ['ann@example.com'] });
    expect(mail!.subject).toBe('Your export is ready: Algebra.pdf');
    expect(mail!.headers).toMatchObject({
      from: 'Exports <exports@platform.example>',
      'auto-submitted': 'auto-generated',
    });
    const [link] = /http\S+/.exec(mail!.text)!;
    const file = await fetch(link);
    expect(file.status).toBe(200);
    expect((await file.arrayBuffer()).byteLength).toBe(record.file_size);
    expect(new URL(link).searchParams.get('expires')).toBe(String(Math.floor(Date.parse(record.expires_at!) / 1000)));
  });
});
