import type { PlannedDelivery } from '../../../platform/outbox/planned-delivery';
import { keptDeliveries } from './kept-deliveries';
import type { ScheduleDelivery } from './schedule';
import { shownOf, type DeliveryInput } from './schedule-input';

const PLANNED: PlannedDelivery[] = [
  { channel: 's3', on: ['completed'], target: { sealed: 'key' } },
  { channel: 'webhook', on: ['completed', 'failed'], target: { sealed: 'secret' } },
  { channel: 'email', on: ['completed'], target: { to: 'ann@example.com' } },
];
const BUCKET: DeliveryInput = {
  method: 's3',
  destination: 's3://bucket/prefix/',
  destinationOptions: { endpoint: 'https://s3.example.com', region: 'r', accessKeyId: 'a', secretAccessKey: 's' },
};
const REPEATED: DeliveryInput = { ...BUCKET, destinationOptions: { endpoint: 'https://s3.example.com', region: 'r' } };
const HOOK: DeliveryInput = { method: 'webhook', webhook: { url: 'https://example.com/hook' } };

describe('When a schedule is said anew, its secrets', () => {
  it('stay what they were for the same bucket', () => {
    expect(channelsKept(REPEATED, BUCKET)).toEqual(['s3']);
  });

  it('stay what they were for the same webhook', () => {
    expect(channelsKept(HOOK, HOOK)).toEqual(['webhook']);
  });

  it.each<[string, DeliveryInput]>([
    ['another bucket', { ...REPEATED, destination: 's3://bucket/other/' }],
    ['another storage', { ...REPEATED, destinationOptions: { endpoint: 'https://evil.example.com', region: 'r' } }],
    ['no storage any more', { ...REPEATED, destinationOptions: undefined }],
    ['the same bucket with new credentials', BUCKET],
    [
      'the same bucket with half of them',
      { ...BUCKET, destinationOptions: { ...REPEATED.destinationOptions, accessKeyId: 'b' } },
    ],
    ['no bucket', { method: 'download' }],
  ])('go with %s', (_, input) => {
    expect(channelsKept(input, BUCKET)).toEqual([]);
  });

  it.each<[string, DeliveryInput]>([
    ['another address', { method: 'webhook', webhook: { url: 'https://evil.example.com/hook' } }],
    ['a new secret', { method: 'webhook', webhook: { url: 'https://example.com/hook', secret: 'new' } }],
  ])('go with %s', (_, input) => {
    expect(channelsKept(input, HOOK)).toEqual([]);
  });

  it('of a bucket go with the rights of an administrator', () => {
    expect(keptDeliveries(REPEATED, { deliveries: PLANNED, delivery: shownOf(BUCKET) }, false)).toEqual([]);
  });
});

function channelsKept(input: DeliveryInput, before: DeliveryInput): string[] {
  const delivery: ScheduleDelivery = shownOf(before);
  return keptDeliveries(input, { deliveries: PLANNED, delivery }, true).map(({ channel }) => channel);
}
