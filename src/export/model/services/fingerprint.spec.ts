import { ANN, ANN_IN_BLUE, BEN, exportRequest, PARTNER } from '../../../../test/support/export-requests';
import type { RequestExport } from '../domain/commands/request-export.command';
import { fingerprintOf } from './fingerprint';

const ID = '00000000-0000-7000-8000-000000000001';

const keyed = (traits: Partial<RequestExport> = {}) =>
  fingerprintOf(exportRequest({ idempotencyKey: 'k', options: { as_of: 'now', delimiter: ';' }, ...traits }))!;

describe('The fingerprint of a request', () => {
  it('is none without an idempotency key', () => {
    expect(fingerprintOf(exportRequest())).toBeNull();
  });

  it('is the same for the same request', () => {
    expect(keyed()).toEqual(keyed());
  });

  it.each<[string, Partial<RequestExport>]>([
    ['which moment relative words mean', { options: { as_of: 'later', delimiter: ';' } }],
    [
      'how its secrets were sealed',
      { delivery: { deliveries: [{ channel: 'email', on: [], target: {} }], asked: null } },
    ],
    ['which limit it counts for', { rateLimit: { limit: 1, windowSeconds: 1 } }],
    ['what is expected of the work', { expected: { done: 0, total: 9, unit: 'rows' } }],
    ['what the audit log tells of it', { audited: { subject: 'ann' } }],
  ])('does not say %s', (_, traits) => {
    expect(keyed(traits)).toEqual(keyed());
  });

  it.each<[string, Partial<RequestExport>]>([
    ['kind', { kind: 'board' }],
    ['type', { type: 'full' }],
    ['format', { format: 'json' }],
    ['session', { sessionId: ID }],
    ['event', { eventId: ID }],
    ['one-time file', { oneTime: true }],
    ['data types', { dataTypes: ['users'] }],
    ['filters', { filters: { a: 1 } }],
    ['options', { options: { delimiter: ',' } }],
    ['notifications', { delivery: { deliveries: [], asked: { email: true } } }],
    ['retention', { retentionSeconds: 60 }],
  ])('differs with the %s', (_, traits) => {
    expect(keyed(traits).fingerprint).not.toBe(keyed().fingerprint);
  });

  it('belongs to its caller', () => {
    const owners = [ANN, ANN_IN_BLUE, BEN, PARTNER].map((caller) => keyed({ caller }).owner);

    expect(new Set(owners).size).toBe(4);
  });
});
