import { createExportBench } from '../../../../test/support/export-bench';
import { ANN, ANN_IN_BLUE, BEN, exportInput, exportRequest, PARTNER } from '../../../../test/support/export-requests';
import { FakeTextSource } from '../../../../test/fakes/text-source.fake';
import { testConfig } from '../../../../test/support/test-config';
import { createExport, type ExportInput, fingerprintOf, toRequest } from './export-request';
import type { RequestExport } from './interfaces/export.repository';
import { ownerOf } from './export';

const ID = '00000000-0000-7000-8000-000000000001';

const keyed = (traits: Partial<RequestExport> = {}) =>
  fingerprintOf(exportRequest({ idempotencyKey: 'k', options: { as_of: 'now', delimiter: ';' }, ...traits }))!;

describe('fingerprintOf', () => {
  it('returns null without an idempotency key', () => {
    expect(fingerprintOf(exportRequest())).toBeNull();
  });

  it('is equal for equal requests', () => {
    expect(keyed()).toEqual(keyed());
  });

  it.each<[string, Partial<RequestExport>]>([
    ['the moment that relative words mean', { options: { as_of: 'later', delimiter: ';' } }],
    [
      'the encryption of its secrets',
      { delivery: { deliveries: [{ channel: 'email', on: [], target: {} }], asked: null } },
    ],
    ['the rate limit', { rateLimit: { limit: 1, windowSeconds: 1 } }],
    ['the expected work', { expected: { done: 0, total: 9, unit: 'rows' } }],
    ['the details for the audit log', { audited: { subject: 'ann' } }],
  ])('does not depend on %s', (_, traits) => {
    expect(keyed(traits)).toEqual(keyed());
  });

  it.each<[string, Partial<RequestExport>]>([
    ['kind', { kind: 'board' }],
    ['type', { type: 'full' }],
    ['format', { format: 'json' }],
    ['subject', { subject: ID }],
    ['one-time file', { oneTime: true }],
    ['data types', { dataTypes: ['users'] }],
    ['filters', { filters: { a: 1 } }],
    ['options', { options: { delimiter: ',' } }],
    ['notifications', { delivery: { deliveries: [], asked: { email: true } } }],
    ['retention', { retentionSeconds: 60 }],
  ])('depends on the %s', (_, traits) => {
    expect(keyed(traits).fingerprint).not.toBe(keyed().fingerprint);
  });

  it.each(['board', 'event'])('depends on the subject of a request of the kind %s', (kind) => {
    expect(keyed({ kind, subject: ID }).fingerprint).not.toBe(keyed({ kind }).fingerprint);
  });

  it('compares the parameters of kinds that release 0.1.0 does not know, and of no others', () => {
    const withParams = (kind: string, params: object) => keyed({ kind, params }).fingerprint;

    expect(withParams('certificate', { course: 1 })).not.toBe(withParams('certificate', { course: 2 }));
    expect(withParams('data', { course: 1 })).toBe(withParams('data', { course: 2 }));
  });

  it('belongs to its caller', () => {
    const owners = [ANN, ANN_IN_BLUE, BEN, PARTNER].map((caller) => keyed({ caller }).owner);

    expect(new Set(owners).size).toBe(4);
  });
});

describe('toRequest', () => {
  const config = testConfig({ RATE_LIMIT_EXPORTS: '5/60s', RATE_LIMIT_CUSTOMERS: '9/60s' });
  const source = new FakeTextSource(() => '');
  const request = (traits: Partial<ExportInput> = {}) => toRequest(exportInput(traits), null, source, config);

  it('describes the parameters and appends the options of the format to those of the source', () => {
    const params = { type: 'table', dataTypes: ['users'], filters: { a: 1 } };

    expect(request({ params, options: { bom: true } })).toMatchObject({
      params,
      subject: null,
      type: 'table',
      dataTypes: ['users'],
      filters: { a: 1 },
      options: { bom: true },
      expected: { done: 0, total: null, unit: 'rows' },
    });
  });

  it('rejects parameters that the source does not accept', () => {
    expect(() => request({ params: { table: 7 } })).toThrow();
  });

  it('belongs to its caller unless it names an owner', () => {
    const owner = { userId: 'ann', tenantId: null, customerId: PARTNER.customerId };

    expect(request().owner).toEqual(ownerOf(ANN));
    expect(request({ owner }).owner).toEqual(owner);
  });

  it.each<[string, Partial<ExportInput>, number | null]>([
    ['of exports for a user', {}, 5],
    ['of its kind for a user', { rateLimit: { limit: 3, windowSeconds: 60 } }, 3],
    ['of no kind where the kind has none', { rateLimit: null }, null],
    ['of external systems for one', { caller: PARTNER, rateLimit: { limit: 3, windowSeconds: 60 } }, 9],
    ['of nobody for the run of a schedule', { scheduleId: ID }, null],
  ])('counts towards the limit %s', (_, traits, limit) => {
    expect(request(traits).rateLimit?.limit ?? null).toBe(limit);
  });

  it('counts towards the limit of the external system that shares it, except for schedule runs', () => {
    expect(request().customerRateLimit).toMatchObject({ limit: 9 });
    expect(request({ scheduleId: ID }).customerRateLimit).toBeNull();
  });
});

describe('createExport', () => {
  it('refuses an export that is estimated to have too many rows, but not to repeat one', async () => {
    const { exports } = createExportBench();
    const model = { bytes: null, seconds: null };
    const known = { id: ID, estimate: { unit: 'rows', count: 11, fileSize: null, seconds: null, model } } as const;

    const first = await createExport(exports, exportRequest({ ...known, maxEstimatedRows: 11 }));
    const repeat = await createExport(exports, exportRequest({ ...known, maxEstimatedRows: 5 }));

    expect([first.isNew, repeat.isNew, repeat.export.estimate?.count]).toEqual([true, false, 11]);
    await expect(
      createExport(exports, exportRequest({ ...known, id: undefined, maxEstimatedRows: 5 })),
    ).rejects.toMatchObject({ code: 'too-many-rows' });
  });
});
