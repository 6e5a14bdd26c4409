import type { ExportInput } from '../../src/export/model/domain/export-request';
import type { RequestExport } from '../../src/export/model/domain/interfaces/export.repository';
import type { TextParams } from '../fakes/text-source.fake';
import { objectPrefix, ownerOf } from '../../src/export/model/domain/export';
import type { FinishedFile } from '../../src/production/model/domain/finished-file';
import type { CustomerPrincipal, Principal, Person } from '../../src/platform/auth/principal';
import { type Ending, type PlannedDelivery, NO_DELIVERIES } from '../../src/platform/outbox/planned-delivery';

/** Ann without a tenant, her namesake in one, and others, who must not see each other's records. */
export const ANN: Person = { userId: 'ann', tenantId: null };
export const ANN_IN_BLUE: Person = { userId: 'ann', tenantId: 'blue' };
export const BEN: Person = { userId: 'ben', tenantId: null };
export const PARTNER: CustomerPrincipal = { customerId: '00000000-0000-7000-8000-0000000000c1', tenantId: null };
export const RIVAL: CustomerPrincipal = { customerId: '00000000-0000-7000-8000-0000000000c2', tenantId: null };

/** Whose export it is, and who must not see it. */
export const STRANGERS: readonly [string, Principal, Principal][] = [
  ['another person’s', BEN, ANN],
  ['a person’s of the same name in a tenant', ANN_IN_BLUE, ANN],
  ['a person’s of the same name without a tenant', ANN, ANN_IN_BLUE],
  ['an external system’s', PARTNER, ANN],
  ['another external system’s', PARTNER, RIVAL],
  ['a person’s, for an external system', ANN, PARTNER],
];

const TRANSACTIONS: TextParams = { type: 'table', dataTypes: ['transactions'] };

/** What a module passes to request Ann's transactions as CSV. */
export function exportInput(traits: Partial<ExportInput> = {}): ExportInput {
  return {
    caller: ANN,
    kind: 'data',
    params: TRANSACTIONS,
    format: 'csv',
    options: {},
    expected: { total: null, unit: 'rows' },
    delivery: NO_DELIVERIES,
    retentionSeconds: null,
    idempotencyKey: null,
    ...traits,
  };
}

/** A complete request for Ann's transactions as CSV. */
export function exportRequest(traits: Partial<RequestExport> = {}): RequestExport {
  const caller: Principal = traits.caller ?? ANN;
  return {
    caller,
    owner: ownerOf(caller),
    kind: 'data',
    params: TRANSACTIONS,
    subject: null,
    type: 'table',
    format: 'csv',
    options: {},
    scheduleId: null,
    oneTime: false,
    isLarge: false,
    dataTypes: ['transactions'],
    filters: null,
    delivery: NO_DELIVERIES,
    retentionSeconds: null,
    expected: { done: 0, total: null, unit: 'rows' },
    estimate: null,
    maxEstimatedRows: null,
    rateLimit: null,
    customerRateLimit: null,
    audited: {},
    idempotencyKey: null,
    ...traits,
  };
}

/** Deliveries of one kind, as a request has them planned. */
export function delivering(channel: string, ...on: Ending[]): { delivery: RequestExport['delivery'] } {
  const planned: PlannedDelivery = { channel, on, target: { to: channel } };
  return { delivery: { deliveries: [planned], asked: null } };
}

/** A file of two rows that was stored for the export, but for what is said. */
export function finishedFile(exportId: string, traits: Partial<FinishedFile> = {}): FinishedFile {
  return {
    object: { key: `${objectPrefix(exportId)}file.csv`, contentType: 'text/csv' },
    name: 'Transactions.csv',
    contentType: 'text/csv',
    size: 10,
    sha256: 'ab'.repeat(32),
    blocks: ['ab'.repeat(32)],
    recordCount: 2,
    pageCount: null,
    read: null,
    warnings: [],
    facts: { title: 'Transactions', snapshot: null, tables: [] },
    ...traits,
  };
}

/** Files of two rows each that were stored for the export. */
export function finishedParts(exportId: string, keys: readonly string[]): FinishedFile {
  const parts = keys.map((key, index) => {
    const name = `folder=${index + 1}/Transactions-0000${index + 1}.csv`;
    const digest = { size: 10, sha256: 'cd'.repeat(32), blocks: ['cd'.repeat(32)], crc32: 4_000_000_000 };
    return { key, name, contentType: 'text/csv', rows: 2, ...digest };
  });
  const object = { key: `${objectPrefix(exportId)}file.zip`, contentType: 'application/zip' };
  return finishedFile(exportId, { object, name: 'Transactions.zip', recordCount: 2 * keys.length, parts });
}
