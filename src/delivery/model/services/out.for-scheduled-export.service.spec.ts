import {
  createPlanningEmailChannel,
  FakeBucketChannel,
  FakeWebhookChannel,
} from '../../../../test/fakes/delivery-channels.fake';
import { FakeAddressBook } from '../../../../test/fakes/address-book.fake';
import { Config } from '../../../platform/config/config';
import { DomainError } from '../../../platform/errors/domain-error';
import type { DeliveryRepository } from '../domain/interfaces/delivery.repository';
import type { ScheduleDeliveryInput } from '../domain/channel-descriptor';
import { DeliveryChannels } from './delivery-channels';
import { DeliveriesForScheduledExport } from './out.for-scheduled-export.service';

const BOOK = new FakeAddressBook({ zoe: { email: 'zoe@example.com', locale: 'uk' } }, [
  { email: 'root@example.com', locale: 'uk' },
  { email: 'Root@example.com', locale: 'en' },
  { email: 'boss@example.com', locale: null },
]);

const zoe = { userId: 'zoe', tenantId: null, roles: [] };
const eve = { userId: 'eve', tenantId: null, roles: [] };
const secret = 's'.repeat(32);
const needed = { DATABASE_URL: 'postgres://localhost/exports', JWT_SECRET: secret, LINK_SECRET: secret };
const withMail = { ...needed, SMTP_URL: 'smtp://localhost', MAIL_FROM: 'exports@example.com' };

function deliveries(environment: Record<string, string> = withMail): DeliveriesForScheduledExport {
  const mail = createPlanningEmailChannel(BOOK, Config.from(environment));
  const channels = new DeliveryChannels([mail, new FakeWebhookChannel(), new FakeBucketChannel()]);
  return new DeliveriesForScheduledExport(channels, null as unknown as DeliveryRepository);
}

describe('DeliveriesForScheduledExport', () => {
  const toZoe = { channel: 'email', on: ['completed', 'failed'], target: { to: 'zoe@example.com', language: 'uk' } };
  const toBucket = { channel: 's3', on: ['completed'], target: { uri: 's3://reports/', isOperator: false } };
  const toHook = {
    channel: 'webhook',
    on: ['completed', 'failed'],
    target: { url: 'https://example.com/', secret: 'made' },
  };
  const destination = 's3://reports/';
  const webhook = { url: 'https://example.com/' };

  it.each<[string, ScheduleDeliveryInput, object[]]>([
    ['nothing for downloads', { method: 'download', email: false }, []],
    ['a mail for downloads that ask for it', { method: 'download', email: true }, [toZoe]],
    ['a mail for the method email, whatever delivery_email is', { method: 'email', email: false }, [toZoe]],
    ['the file for a bucket', { method: 's3', email: false, destination }, [toBucket]],
    ['the file and a mail', { method: 's3', email: 'zoe@example.com', destination }, [toBucket, toZoe]],
    ['a call for a webhook', { method: 'webhook', email: false, webhook }, [toHook]],
    ['a call and a mail', { method: 'webhook', email: true, webhook }, [toHook, toZoe]],
  ])('plans %s', async (_, input, expected) => {
    const planned = await deliveries().plan(zoe, input, null);

    expect(planned.deliveries).toEqual(expected);
  });

  it('returns a generated secret and never a given one', async () => {
    const input = { method: 'webhook', email: false } as const;

    const made = await deliveries().plan(zoe, { ...input, webhook }, null);
    const given = await deliveries().plan(zoe, { ...input, webhook: { ...webhook, secret: 'given' } }, null);

    expect([made.webhookSecret, given.webhookSecret]).toEqual(['made', null]);
  });

  it.each<[ScheduleDeliveryInput, string]>([
    [{ method: 's3', email: false }, 'destination'],
    [{ method: 'webhook', email: false }, 'webhook'],
    [{ method: 'email', email: true }, 'delivery_email'],
    [{ method: 'email', email: 'nobody' }, 'delivery_email'],
    [{ method: 'email', email: 'stranger@example.com' }, 'delivery_email'],
    [{ method: 'download', email: '' }, 'delivery_email'],
  ])('rejects %j', async (input, field) => {
    const sut = deliveries();
    const errors = sut.findErrors(input);
    const refused: unknown =
      errors.length > 0 ? null : await sut.plan(eve, input, null).catch((thrown: unknown) => thrown);

    expect(refused === null || refused instanceof DomainError).toBe(true);
    expect(refused instanceof DomainError ? refused.details.fields : errors).toMatchObject([{ field }]);
  });

  it('notifies of a pause by the planned mail, else the owner, else the planned webhook, else not at all', async () => {
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

  it('notifies each administrator of a pause once, in their language, when mail can be sent', async () => {
    const notices = await deliveries().noticesToAdministrators(zoe);

    expect(notices.map(({ channel, target }) => [channel, String(target['to']).toLowerCase()])).toEqual([
      ['email', 'root@example.com'],
      ['email', 'boss@example.com'],
    ]);
    expect(notices[1]).toMatchObject({ target: { language: 'en' } });
    expect(await deliveries(needed).noticesToAdministrators(zoe)).toEqual([]);
  });
});
