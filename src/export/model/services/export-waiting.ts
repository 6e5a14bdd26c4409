import { Injectable } from '@nestjs/common';
import { fromEvent, lastValueFrom, merge, takeUntil, tap, timer } from 'rxjs';
import { type Principal, principalKey } from '../../../platform/auth/principal';
import type { Export } from '../domain/export';
import { isFinished } from '../domain/export-status';
import { ExportWatch } from './export-watch';

/** Each keeps a connection of its client open. */
const MAX_WAITING = 200;
const MAX_WAITING_PER_CALLER = 10;

export interface AwaitedExport {
  /** As it is now. */
  readonly export: Export;
  /** Whether the wait came to its end: the export is finished, or the time is over. */
  readonly isComplete: boolean;
}

/** Lets requests wait for exports, by the one query that serves all who watch. */
@Injectable()
export class ExportWaiting {
  private readonly waiting = new Map<string, number>();
  private total = 0;

  constructor(private readonly watch: ExportWatch) {}

  /**
   * Waits until an export is finished, unless too many requests wait, and no longer than the service runs.
   * @param signal ends the wait
   */
  async untilFinished(
    current: Export,
    caller: Principal,
    milliseconds: number,
    signal: AbortSignal,
  ): Promise<AwaitedExport> {
    if (isFinished(current.status)) return { export: current, isComplete: true };
    const key = principalKey(caller);
    const own = this.waiting.get(key) ?? 0;
    if (signal.aborted || this.total >= MAX_WAITING || own >= MAX_WAITING_PER_CALLER) {
      return { export: current, isComplete: false };
    }
    this.count(key, 1);
    try {
      return await this.wait(current, milliseconds, signal);
    } finally {
      this.count(key, -1);
    }
  }

  private async wait(current: Export, milliseconds: number, signal: AbortSignal): Promise<AwaitedExport> {
    const time = { isOver: false };
    const over = timer(milliseconds).pipe(tap(() => (time.isOver = true)));
    const end = merge(over, fromEvent(signal, 'abort'));
    const latest = await lastValueFrom(this.watch.follow(current).pipe(takeUntil(end)));
    return { export: latest, isComplete: time.isOver || isFinished(latest.status) };
  }

  private count(key: string, change: 1 | -1): void {
    this.total += change;
    const own = (this.waiting.get(key) ?? 0) + change;
    if (own > 0) this.waiting.set(key, own);
    else this.waiting.delete(key);
  }
}
