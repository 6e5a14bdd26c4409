import { v7 as uuidv7 } from 'uuid';
import { RequestContext } from '../observability/request-context';
import { jsonOf, type Transaction } from '../database/prisma.service';

/** A message to deliver at least once, and from the receiver's view once. */
export interface OutboxMessage {
  /** Such as `export.completed`. */
  readonly event: string;
  readonly exportId: string | null;
  readonly scheduleId: string | null;
  /** The owner of what it is about. */
  readonly userId: string | null;
  readonly tenantId: string | null;
  readonly customerId: string | null;
  readonly channel: string;
  readonly target: object;
  /** The content of a message that is not about an export's record. */
  readonly facts?: object;
}

/**
 * Writes messages in the transaction of the change that they are about (transactional outbox). Deliverers poll them. A second
 * message of the same export, event and channel is ignored.
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
