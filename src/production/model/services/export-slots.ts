import type { Progress } from '../../../formats';
import type { Config } from '../../../platform/config/config';
import type { Attempt, FreeSlot } from '../domain/interfaces/attempt.repository';
import { isLargeProgress, largeSlotsOf } from '../../../export';
import type { ClaimedPart } from '../domain/part';

/** The slots of this process for exports: how many are in use, and how many of them by large exports. */
export class ExportSlots {
  private inUse = 0;
  private largeInUse = 0;
  private lastClaim: Promise<unknown> = Promise.resolve();

  constructor(private readonly exports: Pick<Config['exports'], 'concurrency' | 'perAccount'>) {}

  /** What may start in the next slot; `null` if all are in use. */
  get free(): FreeSlot | null {
    return this.inUse < this.exports.concurrency ? this.termsOf(this.inUse + 1) : null;
  }

  /**
   * Claims an export in a slot and runs it there. Claims run one after the other: each must know what the ones before it claimed.
   * @returns false if no export could be claimed
   */
  async fill(
    claim: (free: FreeSlot) => Promise<Attempt | null>,
    run: (attempt: Attempt, slot: ExportSlot) => Promise<void>,
  ): Promise<boolean> {
    const taken = ++this.inUse;
    const slot = new ExportSlot(() => this.takeLarge());
    try {
      const claiming = this.lastClaim.then(async () => {
        const attempt = await claim(this.termsOf(taken));
        if (attempt?.export.isLarge) slot.becomeLarge();
        return attempt;
      });
      this.lastClaim = claiming.catch(() => undefined);
      const attempt = await claiming;
      if (attempt) await run(attempt, slot);
      return attempt !== null;
    } finally {
      this.inUse--;
      if (slot.isCounted) this.largeInUse--;
    }
  }

  /**
   * Runs a part of an export that another worker leads, in a slot of large exports.
   * @returns false if there is no slot, or no part could be claimed
   */
  async fillWithPart(
    claim: () => Promise<ClaimedPart | null>,
    run: (part: ClaimedPart) => Promise<void>,
  ): Promise<boolean> {
    if (this.inUse >= this.exports.concurrency || !this.takeLarge()) return false;
    this.inUse++;
    try {
      const part = await claim();
      if (part) await run(part);
      return part !== null;
    } finally {
      this.inUse--;
      this.largeInUse--;
    }
  }

  /**
   * An account never fills all slots of a process that has several, so that an export of another account starts at once.
   * @param taken the slots in use, with this one
   */
  private termsOf(taken: number): FreeSlot {
    const { concurrency, perAccount } = this.exports;
    const limit = concurrency === 1 ? perAccount : Math.min(perAccount, concurrency - 1);
    return { limit, mayExceed: taken < concurrency, mayBeLarge: this.hasRoomForLarge };
  }

  private takeLarge(): boolean {
    if (!this.hasRoomForLarge) return false;
    this.largeInUse++;
    return true;
  }

  private get hasRoomForLarge(): boolean {
    return this.largeInUse < largeSlotsOf(this.exports.concurrency);
  }
}

/** The slot of one running export. */
export class ExportSlot {
  private readonly outgrowing = new AbortController();
  /** Aborts when the export turns out to be large and no slot for large exports is free: it has to wait for one. */
  readonly outgrown = this.outgrowing.signal;
  /** Whether its export is known to be large. */
  isLarge = false;
  /** Whether it is one of the slots of large exports. */
  isCounted = false;

  constructor(private readonly takeLarge: () => boolean) {}

  readonly note = (progress: Progress): void => {
    if (this.isLarge || !isLargeProgress(progress)) return;
    this.becomeLarge();
    if (!this.isCounted) this.outgrowing.abort(new Error('The export waits for a slot of large exports'));
  };

  becomeLarge(): void {
    this.isLarge = true;
    this.isCounted = this.takeLarge();
  }
}
