import { Config } from '../../../platform/config/config';
import { DomainError } from '../../../platform/errors/domain-error';
import { AddressBook, type AddressedPerson, type Addressee } from '../domain/interfaces/address-book';
import { BucketTargets, type BucketInput } from '../domain/interfaces/bucket-targets';
import type { DeliveryRepository } from '../domain/interfaces/delivery.repository';
import { WebhookTargets } from '../domain/interfaces/webhook-targets';
import { MailPlanner } from './mail-planner';
import { DeliveriesForScheduledExport, type ScheduleDeliveryInput } from './out.for-scheduled-export.service';

class OnePersonBook extends AddressBook {
  override find({ userId }: { userId: string }): Promise<Addressee | null> {
    return Promise.resolve(userId === 'zoe' ? { email: 'zoe@example.com', locale: 'uk' } : null);
  }

  override administratorsOf(): Promise<AddressedPerson[]> {
    return Promise.resolve([
      { email: 'root@example.com', locale: 'uk' },
      { email: 'Root@example.com', locale: 'en' },
      { email: 'boss@example.com', locale: null },
    ]);
  }
}

class OpenWebhooks extends WebhookTargets {
  override plan({ url, secret = 'made' }: { url: string; secret?: string }) {
    return Promise.resolve({ target: { url }, secret });
  }
}

class OpenBuckets extends BucketTargets {
  override plan({ uri }: BucketInput) {
    return Promise.resolve({ uri });
  }

  override probe(): Promise<void> {
    return Promise.resolve();
  }
}

const zoe = { userId: 'zoe', tenantId: null };
const eve = { userId: 'eve', tenantId: null };
const secret = 's'.repeat(32);
const needed = { DATABASE_URL: 'postgres://localhost/exports', JWT_SECRET: secret, LINK_SECRET: secret };
const withMail = { ...needed, SMTP_URL: 'smtp://localhost', MAIL_FROM: 'exports@example.com' };

function deliveries(environment: Record<string, string> = withMail): DeliveriesForScheduledExport {
  const mail = new MailPlanner(new OnePersonBook(), Config.from(environment));
  return new DeliveriesForScheduledExport(
    mail,
    new OpenWebhooks(),
    new OpenBuckets(),
    undefined as unknown as DeliveryRepository,
  );
}

describe('The deliveries of a schedule', () => {
  const toZoe = { channel: 'email', on: ['completed', 'failed'], target: { to: 'zoe@example.com', language: 'uk' } };
  const toBucket = { channel: 's3', on: ['completed'], target: { uri: 's3://reports/' } };
  const toHook = { channel: 'webhook', on: ['completed', 'failed'], target: { url: 'https://example.com/' } };
  const destination = { uri: 's3://reports/', byAdministrator: false };
  const webhook = { url: 'https://example.com/' };

  it.each<[string, ScheduleDeliveryInput, object[]]>([
    ['nothing for downloads', { method: 'download', email: false }, []],
    ['a mail for downloads that it is asked for', { method: 'download', email: true }, [toZoe]],
    ['a mail for mail, whatever is said beside', { method: 'email', email: false }, [toZoe]],
    ['the file for a bucket', { method: 's3', email: false, destination }, [toBucket]],
    ['the file and a mail', { method: 's3', email: 'zoe@example.com', destination }, [toBucket, toZoe]],
    ['a call for a webhook', { method: 'webhook', email: false, webhook }, [toHook]],
    ['a call and a mail', { method: 'webhook', email: true, webhook }, [toHook, toZoe]],
  ])('are %s', async (_, wish, expected) => {
    const planned = await deliveries().plan(zoe, wish);

    expect(planned.deliveries).toEqual(expected);
  });

  it('show a secret that was made here, and none that was given', async () => {
    const wish = { method: 'webhook', email: false } as const;

    const made = await deliveries().plan(zoe, { ...wish, webhook });
    const given = await deliveries().plan(zoe, { ...wish, webhook: { ...webhook, secret: 'given' } });

    expect([made.webhookSecret, given.webhookSecret]).toEqual(['made', null]);
  });

  it.each<[ScheduleDeliveryInput, string]>([
    [{ method: 's3', email: false }, 'destination'],
    [{ method: 'webhook', email: false }, 'webhook'],
    [{ method: 'email', email: true }, 'delivery_email'],
    [{ method: 'email', email: 'nobody' }, 'delivery_email'],
    [{ method: 'email', email: 'stranger@example.com' }, 'delivery_email'],
    [{ method: 'download', email: '' }, 'delivery_email'],
  ])('are refused where %j lacks what it needs', async (wish, field) => {
    const error: unknown = await deliveries()
      .plan(eve, wish)
      .catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(DomainError);
    expect(error).toMatchObject({ kind: 'invalid', details: { fields: [{ field }] } });
  });

  it('tell of a pause whom they write to, else the owner, else the webhook that they call, else nobody', async () => {
    const mail = { channel: 'email', on: ['failed'], target: { to: 'team@example.com', language: 'en' } } as const;
    const webhook = {
      channel: 'webhook',
      on: ['failed'],
      target: { url: 'https://example.com/', secret: 's' },
    } as const;

    expect(await deliveries().noticeTo(zoe, [webhook, mail])).toEqual(mail);
    expect(await deliveries().noticeTo(zoe, [webhook])).toMatchObject({ channel: 'email', target: toZoe.target });
    expect(await deliveries().noticeTo(zoe, [], 'uk')).toMatchObject({ target: { ...toZoe.target, language: 'uk' } });
    expect(await deliveries().noticeTo(eve, [webhook])).toEqual(webhook);
    expect(await deliveries().noticeTo(eve, [])).toBeNull();
    expect(await deliveries(needed).noticeTo(zoe, [])).toBeNull();
  });

  it('tell each administrator of a pause once, in their language, where mail can be sent', async () => {
    const notices = await deliveries().noticesToAdministrators(zoe);

    expect(notices.map(({ channel, target }) => [channel, String(target['to']).toLowerCase()])).toEqual([
      ['email', 'root@example.com'],
      ['email', 'boss@example.com'],
    ]);
    expect(notices[1]).toMatchObject({ target: { language: 'en' } });
    expect(await deliveries(needed).noticesToAdministrators(zoe)).toEqual([]);
  });
});
