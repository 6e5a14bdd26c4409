import { v7 as uuidv7 } from 'uuid';
import type { Parcel } from '../../src/delivery/model/domain/parcel';

/** The first attempt at telling of a completed export, but for what is said. */
export function parcelOf(traits: Pick<Parcel, 'channel' | 'target'> & Partial<Parcel>): Parcel {
  return {
    id: uuidv7(),
    event: 'export.completed',
    exportId: null,
    scheduleId: null,
    userId: 'ada',
    tenantId: null,
    customerId: null,
    facts: {},
    attempt: 1,
    createdAt: new Date('2026-03-29T23:31:00.250Z'),
    ...traits,
  };
}
