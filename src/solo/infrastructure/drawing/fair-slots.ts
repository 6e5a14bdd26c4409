export interface FairSlotsOptions {
  readonly slots: number;
  /** How many of them one account may have. */
  readonly perAccount: number;
}

export interface SlotRequest {
  readonly account: string;
  /** Gives up waiting; a slot that was granted stays granted. */
  readonly signal: AbortSignal;
  /** Goes before all that are not urgent. */
  readonly urgent: boolean;
}

interface Waiting extends SlotRequest {
  readonly grant: () => void;
}

/** Gives a slot back; further calls do nothing. */
export type ReleaseSlot = () => void;

/** Shares slots among accounts: the account with the fewest goes first, then the request that waits longest. */
export class FairSlots {
  private readonly taken = new Map<string, number>();
  private free: number;
  private waiting: Waiting[] = [];

  constructor(private readonly options: FairSlotsOptions) {
    this.free = options.slots;
  }

  get waitingCount(): number {
    return this.waiting.length;
  }

  countWaiting(account: string): number {
    return this.waiting.filter((request) => request.account === account).length;
  }

  /** @throws the signal's reason */
  acquire(request: SlotRequest): Promise<ReleaseSlot> {
    const { account, signal } = request;
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const giveUp = () => {
        this.waiting = this.waiting.filter((other) => other !== waiting);
        reject(signal.reason as Error);
      };
      const waiting: Waiting = {
        ...request,
        grant: () => {
          signal.removeEventListener('abort', giveUp);
          resolve(this.take(account));
        },
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.waiting.push(waiting);
      this.grantNext();
    });
  }

  private take(account: string): ReleaseSlot {
    this.free -= 1;
    this.taken.set(account, this.takenBy(account) + 1);
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      this.free += 1;
      const left = this.takenBy(account) - 1;
      if (left === 0) this.taken.delete(account);
      else this.taken.set(account, left);
      this.grantNext();
    };
  }

  private takenBy(account: string): number {
    return this.taken.get(account) ?? 0;
  }

  private grantNext(): void {
    while (this.free > 0) {
      const next = this.next();
      if (!next) return;
      this.waiting = this.waiting.filter((other) => other !== next);
      next.grant();
    }
  }

  /** The list is in the order of arrival, so that of equals the first is kept. */
  private next(): Waiting | undefined {
    let best: Waiting | undefined;
    for (const request of this.waiting) {
      if (this.takenBy(request.account) >= this.options.perAccount) continue;
      if (!best || this.goesBefore(request, best)) best = request;
    }
    return best;
  }

  private goesBefore(one: Waiting, other: Waiting): boolean {
    if (one.urgent !== other.urgent) return one.urgent;
    return this.takenBy(one.account) < this.takenBy(other.account);
  }
}
