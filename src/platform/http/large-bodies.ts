import { EventEmitter, once } from 'node:events';
import { Injectable } from '@nestjs/common';
import { Config } from '../config/config';
import { DomainError } from '../errors/domain-error';

/** Bodies of this size and more count as large. */
export const LARGE_BODY_BYTES = 1024 * 1024;

/** The minimum throughput in both directions, 16 KiB per second, so that slow clients do not hold slots. */
export const LARGE_BODY_PACE = { withinMs: 20_000, bytes: 20 * 16 * 1024 } as const;

const RETRY_AFTER_SECONDS = 5;

export interface LargeBodyLimits {
  /** The number of large bodies of one caller at a time. */
  readonly perCaller: number;
  /** The total size of all large bodies at a time. */
  readonly totalBytes: number;
}

/** The memory reservation of one large body. */
export interface LargeBodySlot {
  /**
   * Increases the reservation to `bytes`.
   * @throws DomainError limit
   */
  grow(bytes: number): void;
  /** May be called more than once. */
  readonly release: () => void;
}

/** Limits the large bodies in this process, by their number per caller and by their total size. */
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
      throw tooManyBodies(
        `At most ${perCaller} large requests of yours are handled at once. Wait until one has ended.`,
      );
    }
    this.reserve(bytes);
    this.byCaller.set(caller, count + 1);
    return this.createSlot(caller, bytes);
  }

  /**
   * Waits for a free slot.
   * @throws DomainError limit after `timeoutMs`
   */
  async wait(caller: string, bytes: number, timeoutMs: number): Promise<LargeBodySlot> {
    const signal = AbortSignal.timeout(timeoutMs);
    for (;;) {
      try {
        return this.take(caller, bytes);
      } catch (error) {
        if (signal.aborted) throw error;
        await once(this.releases, 'release', { signal }).catch(() => undefined);
      }
    }
  }

  private createSlot(caller: string, bytes: number): LargeBodySlot {
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
    // A body that exceeds the total limit is accepted when it is the only one.
    if (this.usedBytes > 0 && this.usedBytes + bytes > this.limits.totalBytes) {
      throw tooManyBodies('The service handles too many large requests right now. Try again in a moment.');
    }
    this.usedBytes += bytes;
  }
}

function tooManyBodies(message: string): DomainError {
  return new DomainError('limit', 'too-many-large-bodies', message, { retryAfterSeconds: RETRY_AFTER_SECONDS });
}

/** The slots of this process. Requests and responses are counted separately, so that slow readers do not block senders. */
@Injectable()
export class LargeBodies {
  readonly requests: LargeBodySlots;
  readonly responses: LargeBodySlots;

  constructor({ http }: Config) {
    this.requests = new LargeBodySlots(http.largeBodies);
    this.responses = new LargeBodySlots(http.largeBodies);
  }
}
