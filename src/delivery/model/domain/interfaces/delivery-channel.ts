import type { ChannelName } from '../../../../platform/outbox/planned-delivery';
import type { ClaimedMessage, DeliveryReceipt } from '../claimed-message';
import type { TransferProgress } from '../transfer-progress';

/** Why no further attempt is worth it: `gone` when the receiver said that it wants nothing more, ever. */
export type RefusalCode = 'gone' | 'refused';

/** No further attempt would go better: the receiver wants no more, or there is nothing left to deliver. */
export class DeliveryRefusedError extends Error {
  override readonly name = 'DeliveryRefusedError';

  constructor(
    message: string,
    readonly code: RefusalCode = 'refused',
  ) {
    super(message);
  }
}

/** One way to tell somebody of an export, or to bring it to them. */
export abstract class DeliveryChannel {
  abstract readonly name: ChannelName;

  /**
   * Delivers, once from the receiver's view however often it is tried: the message's id tells a repeat.
   * @param signal aborts when the attempt has to end
   * @param progress counts the bytes of a file as they are sent
   * @throws DeliveryRefusedError when no further attempt is worth it; whatever else is thrown is tried again
   */
  abstract deliver(message: ClaimedMessage, signal: AbortSignal, progress: TransferProgress): Promise<DeliveryReceipt>;
}
