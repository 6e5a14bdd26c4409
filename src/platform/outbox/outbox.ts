import { v7 as uuidv7 } from 'uuid';
import { RequestContext } from '../observability/request-context';
import { jsonOf } from '../database/json';
import type { Transaction } from '../database/prisma.service';
import type { ChannelName } from './planned-delivery';

/** Something that somebody has to be told or brought, sooner or later and, from their view, once. */
export interface OutboxMessage {
  /** Such as `export.completed`. */
  readonly event: string;
  readonly exportId: string | null;
  readonly scheduleId: string | null;
  /** Whom it concerns. */
  readonly userId: string | null;
  readonly tenantId: string | null;
  readonly customerId: string | null;
  readonly channel: ChannelName;
  readonly target: object;
  /** What there is to tell beyond the export's record. */
  readonly facts?: object;
}

/**
 * Writes messages in the transaction of what they tell of, so that neither is there without the other. Whoever delivers
 * them finds them there. What was written of one export, event and channel before is not written again.
 */
export async function postToOutbox(transaction: Transaction, ...messages: readonly OutboxMessage[]): Promise<void> {
  if (messages.length === 0) return;
  const requestId = RequestContext.current()?.requestId;
  await transaction.delivery.createMany({
    data: messages.map(({ target, facts, ...message }) => ({
      id: uuidv7(),
      ...message,
      target: jsonOf(target),
      ...(facts && { facts: jsonOf(facts) }),
      requestId,
    })),
    skipDuplicates: true,
  });
}
