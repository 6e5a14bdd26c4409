import { EventEmitter, once } from 'node:events';
import { Injectable } from '@nestjs/common';
import { Config } from '../config/config';
import { DomainError } from '../errors/domain-error';

/** From this size on a body counts as large. */
export const LARGE_BODY_BYTES = 1024 * 1024;

/** 16 KiB a second, both ways: what holds a slot must not keep others waiting. */
export const LARGE_BODY_PACE = { withinMs: 20_000, bytes: 20 * 16 * 1024 } as const;

const RETRY_AFTER_SECONDS = 5;

export interface LargeBodyLimits {
  /** How many large bodies one caller may have at once. */
  readonly perCaller: number;
  /** How many bytes all large bodies may have together. */
  readonly totalBytes: number;
}

/** Holds the memory of one large body. */
export interface LargeBodySlot {
  /**
   * Takes more memory, up to `bytes` in all.
   * @throws DomainError limit
   */
  grow(bytes: number): void;
  /** May be called more than once. */
  readonly release: () => void;
}

/** Bounds how many large bodies this process holds at once, by number for each caller and by bytes in all. */
export class LargeBodySlots {
  private usedBytes = 0;
  private readonly byCaller = new Map<string, number>();
  private readonly releases = new EventEmitter().setMaxListeners(0);

  constructor(private readonly limits: LargeBodyLimits) {}

  /** @throws DomainError limit */
  take(caller: string, bytes: number): LargeBodySlot {
    const { perCaller } = this.limits;
    const count = this.byCaller.get(caller) ?? 0;
    if (count >= perCaller) {
      throw tooMany(`At most ${perCaller} large requests of yours are handled at once. Wait until one has ended.`);
    }
    this.reserve(bytes);
    this.byCaller.set(caller, count + 1);
    return this.slotOf(caller, bytes);
  }

  /**
   * Waits for a slot while there is none.
   * @throws DomainError limit after `patienceMs`
   */
  async wait(caller: string, bytes: number, patienceMs: number): Promise<LargeBodySlot> {
    const signal = AbortSignal.timeout(patienceMs);
    for (;;) {
      try {
        return this.take(caller, bytes);
      } catch (error) {
        if (signal.aborted) throw error;
        await once(this.releases, 'release', { signal }).catch(() => undefined);
      }
    }
  }

  private slotOf(caller: string, bytes: number): LargeBodySlot {
    let heldBytes = bytes;
    let isHeld = true;
    return {
      grow: (more) => {
        if (more <= heldBytes) return;
        this.reserve(more - heldBytes);
        heldBytes = more;
      },
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        this.usedBytes -= heldBytes;
        const count = (this.byCaller.get(caller) ?? 0) - 1;
        if (count > 0) this.byCaller.set(caller, count);
        else this.byCaller.delete(caller);
        this.releases.emit('release');
      },
    };
  }

  private reserve(bytes: number): void {
    // A body that is larger than all of them may be goes alone.
    if (this.usedBytes > 0 && this.usedBytes + bytes > this.limits.totalBytes) {
      throw tooMany('The service handles too many large requests right now. Try again in a moment.');
    }
    this.usedBytes += bytes;
  }
}

function tooMany(message: string): DomainError {
  return new DomainError('limit', 'too-many-large-bodies', message, { retryAfterSeconds: RETRY_AFTER_SECONDS });
}

/** The slots of this process. Slow readers of large responses do not keep others from sending large requests. */
@Injectable()
export class LargeBodies {
  readonly requests: LargeBodySlots;
  readonly responses: LargeBodySlots;

  constructor({ http }: Config) {
    this.requests = new LargeBodySlots(http.largeBodies);
    this.responses = new LargeBodySlots(http.largeBodies);
  }
}
