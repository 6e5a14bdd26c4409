import { v7 as uuidv7 } from 'uuid';
import type { ClaimedMessage } from '../../src/delivery/model/domain/claimed-message';

/** The first attempt at telling of a completed export, but for what is said. */
export function createClaimedMessage(
  traits: Pick<ClaimedMessage, 'channel' | 'target'> & Partial<ClaimedMessage>,
): ClaimedMessage {
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
