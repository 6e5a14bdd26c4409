import { DomainError } from '../../../platform/errors/domain-error';
import type { DrawingPurpose } from '../../model/domain/interfaces/board-renderer';
import { FairSlots, type ReleaseSlot } from './fair-slots';

/** With a single thread, one slow board would block the thumbnails of all other accounts. */
const THUMBNAIL_THREADS = 2;
const MAX_WAITING_THUMBNAILS = 200;
const MAX_WAITING_THUMBNAILS_PER_ACCOUNT = 10;
const THUMBNAIL_RETRY_SECONDS = 5;

/**
 * Shares the drawing threads. Exports of one account never take all threads, so that another
 * account's export starts at once. Thumbnails have separate threads, one per account; when all
 * drawings share a single thread, thumbnails go first.
 */
export class DrawingCapacity {
  /** The maximum number of drawings at once. */
  readonly threads: number;
  private readonly exports: FairSlots;
  private readonly thumbnails: FairSlots;

  /** @param exportThreads the maximum number of exports at once */
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

/**
 * One drawing's permit to have a large page in memory. Several such pages at once would take
 * gigabytes.
 */
export class LargePagePermit {
  private readonly disposal = new AbortController();
  private acquired: Promise<ReleaseSlot> | null = null;

  constructor(
    private readonly slots: FairSlots,
    private readonly account: string,
  ) {}

  /** @throws when the drawing ends first */
  async acquire(): Promise<void> {
    this.acquired ??= this.slots.acquire({ account: this.account, signal: this.disposal.signal, urgent: false });
    await this.acquired;
  }

  release(): void {
    void this.acquired?.then(
      (release) => {
        release();
      },
      () => undefined,
    );
    this.acquired = null;
  }

  /** Releases the permit when the drawing ends, and stops waiting for it. */
  dispose(): void {
    this.disposal.abort(new Error('The drawing has ended'));
    this.release();
  }
}
