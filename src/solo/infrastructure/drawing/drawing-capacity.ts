import { DomainError } from '../../../platform/errors/domain-error';
import type { DrawingPurpose } from '../../model/domain/interfaces/board-renderer';
import { FairSlots, type ReleaseSlot } from './fair-slots';

/** With one, somebody's hostile board would keep everybody else's thumbnails waiting. */
const THUMBNAIL_THREADS = 2;
const MAX_WAITING_THUMBNAILS = 200;
const MAX_WAITING_THUMBNAILS_PER_ACCOUNT = 10;
const THUMBNAIL_RETRY_SECONDS = 5;

/**
 * Who may draw when. Exports of one account never take all threads, so that another account's export starts at once.
 * Thumbnails have threads of their own, one an account; where all drawings share a single thread they go first.
 */
export class DrawingCapacity {
  /** How many drawings there are at once at most. */
  readonly threads: number;
  private readonly exports: FairSlots;
  private readonly thumbnails: FairSlots;

  /** @param exportThreads how many exports are drawn at once */
  constructor(exportThreads: number) {
    this.exports = new FairSlots({ slots: exportThreads, perAccount: Math.max(1, exportThreads - 1) });
    const isShared = exportThreads === 1;
    this.thumbnails = isShared ? this.exports : new FairSlots({ slots: THUMBNAIL_THREADS, perAccount: 1 });
    this.threads = isShared ? 1 : exportThreads + THUMBNAIL_THREADS;
  }

  /**
   * Waits for a thread.
   * @throws DomainError limit when too many thumbnails wait | the signal's reason
   */
  async acquire(purpose: DrawingPurpose, account: string, signal: AbortSignal): Promise<ReleaseSlot> {
    if (purpose === 'export') return this.exports.acquire({ account, signal, urgent: false });
    const isFull =
      this.thumbnails.waitingCount >= MAX_WAITING_THUMBNAILS ||
      this.thumbnails.countWaiting(account) >= MAX_WAITING_THUMBNAILS_PER_ACCOUNT;
    if (isFull) {
      throw new DomainError(
        'limit',
        'too-many-thumbnails',
        `Too many thumbnails are waiting to be drawn. Try again in ${THUMBNAIL_RETRY_SECONDS} seconds.`,
        { retryAfterSeconds: THUMBNAIL_RETRY_SECONDS },
      );
    }
    return this.thumbnails.acquire({ account, signal, urgent: true });
  }
}
