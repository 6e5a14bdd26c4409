import type { CodeEntry } from '../../../platform/errors/code-entry';

/** Why the last attempt at a delivery failed: `error_code` of a delivery. */
export const DELIVERY_CODES = {
  'delivery-failed': {
    meaning: 'The receiver could not be reached, did not answer in time, or did not accept the delivery.',
    action: 'Correct the destination as `error` says. A pending delivery is retried.',
  },
  'delivery-refused': {
    meaning: 'The delivery cannot succeed: its destination is refused, or its export or file no longer exists.',
    action: 'Correct the destination as `error` says, and create a new export.',
  },
  'receiver-gone': {
    meaning: 'The receiver answered 410: it wants no more deliveries.',
    action: 'Name another receiver.',
  },
} as const satisfies Readonly<Record<string, CodeEntry>>;

export type DeliveryCode = keyof typeof DELIVERY_CODES;
