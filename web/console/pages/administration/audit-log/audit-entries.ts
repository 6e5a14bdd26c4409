import type { components } from '@export-service/client';

export type AuditRecord = components['schemas']['AuditRecordResponse'];

/** Actions that people look for, by what they are about. Later versions of the service have others. */
export const ACTIONS = {
  export: [
    'requested',
    'started',
    'completed',
    'failed',
    'cancelled',
    'downloaded',
    'download-broken-off',
    'previewed',
    'content-uploaded',
    'file-deleted',
    'expired',
    'attempt-failed',
    'attempt-lost',
    'handed-back',
  ],
  schedule: ['created', 'changed', 'paused', 'resumed', 'deleted', 'run-requested', 'fired'],
  delivery: ['delivered', 'failed'],
  catalog: ['data-type-created', 'data-type-changed', 'data-type-deleted'],
  customer: ['created', 'rotated', 'enabled', 'disabled', 'refused'],
  destination: ['tested'],
  console: ['signed-in'],
  storage: ['swept'],
  audit: ['pruned'],
} as const;

export type Actor =
  | { readonly type: 'user'; readonly id: string }
  | { readonly type: 'customer'; readonly id: string }
  /** A user through an external system. */
  | { readonly type: 'both'; readonly id: string; readonly customer: string }
  /** The bearer of a link. */
  | { readonly type: 'link' }
  | { readonly type: 'service' };

/** Who acted. Only a request has an address, so that an entry with one and without a name was made by a link. */
export function actorOf({ user_id: user, customer_id: customer, address, action }: AuditRecord): Actor {
  if (user !== null && customer !== null) return { type: 'both', id: user, customer };
  if (user !== null) return { type: 'user', id: user };
  if (customer !== null) return { type: 'customer', id: customer };
  return address !== null && action.startsWith('export.') ? { type: 'link' } : { type: 'service' };
}

/** How an entry is to be seen at a glance. */
export function toneOf(action: string): 'success' | 'danger' | 'warning' | 'neutral' {
  if (/\.(completed|delivered)$/.test(action)) return 'success';
  if (/\.(failed|refused)$/.test(action)) return 'danger';
  if (/\.(attempt-failed|attempt-lost|cancelled|paused|download-broken-off|disabled)$|deleted$/.test(action))
    return 'warning';
  return 'neutral';
}

/** Actions record what is worth knowing of each. */
interface Recorded {
  readonly details: Readonly<Record<string, unknown>>;
}

/** The details that say the most, for the line below an action. */
export interface Highlight {
  readonly key: 'kind' | 'format' | 'name' | 'bytes' | 'code' | 'channel' | 'one_time' | 'count' | 'outcome' | 'target';
  readonly value: string | number | true;
}

const HIGHLIGHTS: readonly Highlight['key'][] = [
  'name',
  'kind',
  'format',
  'channel',
  'target',
  'outcome',
  'bytes',
  'one_time',
  'code',
  'count',
];

export function highlightsOf({ details }: Recorded): Highlight[] {
  return HIGHLIGHTS.flatMap((key) => {
    const value = details[key];
    const says = (typeof value === 'string' && value !== '') || typeof value === 'number' || value === true;
    return says ? [{ key, value }] : [];
  });
}

/** All details, in the order in which the service recorded them. */
export function detailsOf({ details }: Recorded): { readonly key: string; readonly value: string }[] {
  return Object.entries(details).map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? value : JSON.stringify(value),
  }));
}
