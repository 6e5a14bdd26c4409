import { FakeBucketChannel, FakeWebhookChannel } from '../../../../test/fakes/delivery-channels.fake';
import type { PlannedDelivery } from '../../../platform/outbox/planned-delivery';
import type { ScheduleDeliveryInput } from '../domain/channel-descriptor';
import { toScheduleDelivery } from '../domain/schedule-delivery';
import { DeliveryChannels } from './delivery-channels';
import { DeliveriesForScheduledExport } from './out.for-scheduled-export.service';

const STORED: PlannedDelivery[] = [
  { channel: 's3', on: ['completed'], target: { encrypted: 'key' } },
  { channel: 'webhook', on: ['completed', 'failed'], target: { encrypted: 'secret' } },
];
const BUCKET: ScheduleDeliveryInput = {
  method: 's3',
  destination: 's3://bucket/prefix/',
  destinationOptions: { endpoint: 'https://s3.example.com', region: 'r', accessKeyId: 'a', secretAccessKey: 's' },
};
const OPTIONS = { endpoint: 'https://s3.example.com', region: 'r' };
const REPEATED: ScheduleDeliveryInput = { ...BUCKET, destinationOptions: OPTIONS };
const HOOK: ScheduleDeliveryInput = { method: 'webhook', webhook: { url: 'https://example.com/hook' } };

const channels = new DeliveryChannels([new FakeWebhookChannel(), new FakeBucketChannel()]);

/** The channels whose stored targets are kept when a schedule is replaced. */
async function keptChannels(input: ScheduleDeliveryInput, before: ScheduleDeliveryInput, { asAdmin = false } = {}) {
  const sut = new DeliveriesForScheduledExport(channels, null as never);
  const delivery = toScheduleDelivery(before, STORED, channels.descriptors);
  const caller = { userId: 'ann', tenantId: null, roles: [] };
  const planned = await sut.plan(caller, input, { delivery, deliveries: STORED, asAdmin });
  return planned.deliveries.filter(({ target }) => 'encrypted' in target).map(({ channel }) => channel);
}

describe('A schedule that is replaced', () => {
  it('keeps the credentials of the same bucket', async () => {
    expect(await keptChannels(REPEATED, BUCKET)).toEqual(['s3']);
  });

  it('keeps the secret of the same webhook', async () => {
    expect(await keptChannels(HOOK, HOOK)).toEqual(['webhook']);
  });

  it.each<[string, ScheduleDeliveryInput]>([
    ['another bucket', { ...REPEATED, destination: 's3://bucket/other/' }],
    ['another storage', { ...REPEATED, destinationOptions: { endpoint: 'https://evil.example.com', region: 'r' } }],
    ['no storage any more', { ...REPEATED, destinationOptions: undefined }],
    ['the same bucket with new credentials', BUCKET],
    ['the same bucket with half of them', { ...BUCKET, destinationOptions: { ...OPTIONS, accessKeyId: 'b' } }],
    ['no bucket', { method: 'download' }],
  ])('keeps no credentials for %s', async (_, input) => {
    expect(await keptChannels(input, BUCKET)).toEqual([]);
  });

  it.each<[string, ScheduleDeliveryInput]>([
    ['another address', { method: 'webhook', webhook: { url: 'https://evil.example.com/hook' } }],
    ['a new secret', { method: 'webhook', webhook: { url: 'https://example.com/hook', secret: 'new' } }],
  ])('keeps no secret for %s', async (_, input) => {
    expect(await keptChannels(input, HOOK)).toEqual([]);
  });

  it('keeps no bucket credentials after its owner lost the administrator role', async () => {
    expect(await keptChannels(REPEATED, BUCKET, { asAdmin: true })).toEqual([]);
  });
});
