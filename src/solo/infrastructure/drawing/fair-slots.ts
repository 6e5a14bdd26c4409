export interface FairSlotsOptions {
  readonly slots: number;
  /** The maximum number for one account. */
  readonly perAccount: number;
}

export interface SlotRequest {
  readonly account: string;
  /** Stops waiting. A granted slot must be released all the same. */
  readonly signal: AbortSignal;
  /** Urgent requests go before all others. */
  readonly urgent: boolean;
}

interface Waiting extends SlotRequest {
  readonly grant: () => void;
}

/** Releases a slot. Further calls do nothing. */
export type ReleaseSlot = () => void;

/**
 * Shares slots among accounts. The account with the fewest slots goes first, then the request that
 * waits longest.
 */
export class FairSlots {
  private readonly used = new Map<string, number>();
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
      const stopWaiting = () => {
        this.waiting = this.waiting.filter((other) => other !== waiting);
        reject(signal.reason as Error);
      };
      const waiting: Waiting = {
        ...request,
        grant: () => {
          signal.removeEventListener('abort', stopWaiting);
          resolve(this.take(account));
        },
      };
      signal.addEventListener('abort', stopWaiting, { once: true });
      this.waiting.push(waiting);
      this.grantNext();
    });
  }

  private take(account: string): ReleaseSlot {
    this.free -= 1;
    this.used.set(account, this.countUsed(account) + 1);
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      this.free += 1;
      const left = this.countUsed(account) - 1;
      if (left === 0) this.used.delete(account);
      else this.used.set(account, left);
      this.grantNext();
    };
  }

  private countUsed(account: string): number {
    return this.used.get(account) ?? 0;
  }

  private grantNext(): void {
    while (this.free > 0) {
      const next = this.next();
      if (!next) return;
      this.waiting = this.waiting.filter((other) => other !== next);
      next.grant();
    }
  }

  /** The list is in the order of arrival, so the first of equal requests wins. */
  private next(): Waiting | undefined {
    let best: Waiting | undefined;
    for (const request of this.waiting) {
      if (this.countUsed(request.account) >= this.options.perAccount) continue;
      if (!best || this.precedes(request, best)) best = request;
    }
    return best;
  }

  private precedes(one: Waiting, other: Waiting): boolean {
    if (one.urgent !== other.urgent) return one.urgent;
    return this.countUsed(one.account) < this.countUsed(other.account);
  }
}
