import { actorOf, type AuditRecord, detailsOf, highlightsOf, toneOf } from './audit-entries';

function record(traits: Partial<AuditRecord> = {}): AuditRecord {
  return {
    id: 1,
    at: '2026-11-30T05:54:00.032Z',
    action: 'export.requested',
    export_id: null,
    schedule_id: null,
    user_id: null,
    tenant_id: null,
    customer_id: null,
    request_id: null,
    address: null,
    details: {},
    ...traits,
  };
}

describe('The actor of an audit entry', () => {
  it.each([
    ['a user', { user_id: 'ann' }, { type: 'user', id: 'ann' }],
    ['an external system', { customer_id: 'shop' }, { type: 'customer', id: 'shop' }],
    [
      'a user through an external system',
      { user_id: 'ann', customer_id: 'shop' },
      { type: 'both', id: 'ann', customer: 'shop' },
    ],
    ['the bearer of a link', { action: 'export.downloaded', address: '10.0.0.1' }, { type: 'link' }],
    ['the service', { action: 'export.expired' }, { type: 'service' }],
    ['the service, for what no link opens', { action: 'audit.pruned', address: '10.0.0.1' }, { type: 'service' }],
  ])('is %s', (_, traits, actor) => {
    expect(actorOf(record(traits))).toEqual(actor);
  });
});

describe('The details of an audit entry', () => {
  const details: Readonly<Record<string, unknown>> = {
    kind: 'data',
    format: 'csv',
    one_time: false,
    bytes: 12,
    reason: null,
    worker: 'vm:1',
  };

  it('are summed up by those that say the most', () => {
    expect(highlightsOf({ details })).toEqual([
      { key: 'kind', value: 'data' },
      { key: 'format', value: 'csv' },
      { key: 'bytes', value: 12 },
    ]);
  });

  it('are all listed as texts, in their order', () => {
    expect(detailsOf({ details: { ...details, tables: ['users'] } })).toEqual([
      { key: 'kind', value: 'data' },
      { key: 'format', value: 'csv' },
      { key: 'one_time', value: 'false' },
      { key: 'bytes', value: '12' },
      { key: 'reason', value: 'null' },
      { key: 'worker', value: 'vm:1' },
      { key: 'tables', value: '["users"]' },
    ]);
  });
});

describe('The tone of an action', () => {
  it.each([
    ['export.completed', 'success'],
    ['delivery.failed', 'danger'],
    ['export.attempt-failed', 'warning'],
    ['catalog.data-type-deleted', 'warning'],
    ['export.requested', 'neutral'],
    ['made-by.later-version', 'neutral'],
  ])('of %s is %s', (action, tone) => {
    expect(toneOf(action)).toBe(tone);
  });
});
