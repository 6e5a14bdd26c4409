import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { fromEvent, lastValueFrom, merge, Observable, type Subscriber, takeUntil, tap, timer } from 'rxjs';
import { type Principal, principalKey } from '../../../platform/auth/principal';
import { RepeatedWarnings } from '../../../platform/observability/repeated-warnings';
import type { Export } from '../domain/export';
import { isFinished } from '../domain/export-status';
import { ExportRepository } from '../domain/interfaces/export.repository';

const POLL_MS = 400;

/** Each waiting request keeps a connection open. */
const MAX_WAITING = 200;
const MAX_WAITING_PER_CALLER = 10;

export interface AwaitedExport {
  /** The latest known state. */
  readonly export: Export;
  /** Whether the export is finished or the requested time is over; false when the wait was cut short. */
  readonly isComplete: boolean;
}

/** Publishes the changes of exports. One query per poll serves all subscribers of the process. */
@Injectable()
export class ExportChangeFeed implements OnModuleDestroy {
  private readonly warnings = new RepeatedWarnings(new Logger(ExportChangeFeed.name));
  /** The last state that each subscriber received. */
  private readonly subscribers = new Map<Subscriber<Export>, Export>();
  /** How many requests of each principal wait for an export to finish. */
  private readonly waiting = new Map<string, number>();
  private totalWaiting = 0;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(private readonly exports: ExportRepository) {}

  /** Emits the given state and every later one. Completes when the export is finished or the service stops. */
  changesOf(current: Export): Observable<Export> {
    return new Observable<Export>((subscriber) => {
      this.emit(subscriber, current);
      if (this.isClosed) subscriber.complete();
      else this.timer ??= setTimeout(() => void this.poll(), POLL_MS);
      return () => this.subscribers.delete(subscriber);
    });
  }

  /**
   * Waits until an export is finished. Returns at once when too many requests wait already.
   * @param signal ends the wait early
   */
  async waitUntilFinished(
    current: Export,
    caller: Principal,
    milliseconds: number,
    signal: AbortSignal,
  ): Promise<AwaitedExport> {
    if (isFinished(current.status)) return { export: current, isComplete: true };
    const key = principalKey(caller);
    const own = this.waiting.get(key) ?? 0;
    if (signal.aborted || this.totalWaiting >= MAX_WAITING || own >= MAX_WAITING_PER_CALLER) {
      return { export: current, isComplete: false };
    }
    this.countWaiting(key, 1);
    try {
      const time = { isOver: false };
      const timeout = timer(milliseconds).pipe(tap(() => (time.isOver = true)));
      const end = merge(timeout, fromEvent(signal, 'abort'));
      const latest = await lastValueFrom(this.changesOf(current).pipe(takeUntil(end)));
      return { export: latest, isComplete: time.isOver || isFinished(latest.status) };
    } finally {
      this.countWaiting(key, -1);
    }
  }

  // Open responses would otherwise delay the shutdown of the server.
  onModuleDestroy(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    for (const subscriber of this.subscribers.keys()) subscriber.complete();
  }

  private async poll(): Promise<void> {
    try {
      const ids = new Set([...this.subscribers.values()].map(({ id }) => id));
      const states = new Map((await this.exports.findAll([...ids])).map((state) => [state.id, state]));
      for (const [subscriber, { id, updatedAt }] of this.subscribers) {
        const state = states.get(id);
        if (state && state.updatedAt.getTime() !== updatedAt.getTime()) this.emit(subscriber, state);
      }
    } catch (error) {
      this.warnings.report('Followed exports could not be read; it is tried again', error, {
        event: 'export.poll_failed',
      });
    }
    this.timer = this.subscribers.size > 0 ? setTimeout(() => void this.poll(), POLL_MS) : undefined;
  }

  private emit(subscriber: Subscriber<Export>, state: Export): void {
    this.subscribers.set(subscriber, state);
    subscriber.next(state);
    if (isFinished(state.status)) subscriber.complete();
  }

  private countWaiting(key: string, change: 1 | -1): void {
    this.totalWaiting += change;
    const own = (this.waiting.get(key) ?? 0) + change;
    if (own > 0) this.waiting.set(key, own);
    else this.waiting.delete(key);
  }
}
