import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Observable, type Subscriber } from 'rxjs';
import { RepeatedWarnings } from '../../../platform/observability/repeated-warnings';
import type { Export } from '../domain/export';
import { isFinished } from '../domain/export-status';
import { ExportRepository } from '../domain/interfaces/export.repository';

const POLL_MS = 400;

/** Follows exports for those who want to be told of each change. One query serves everybody who watches. */
@Injectable()
export class ExportWatch implements OnModuleDestroy {
  private readonly warnings = new RepeatedWarnings(new Logger(ExportWatch.name));
  /** The last state that each watcher was told. */
  private readonly watchers = new Map<Subscriber<Export>, Export>();
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(private readonly exports: ExportRepository) {}

  /** The states of an export, the given one first, until it is finished or the service ends. */
  follow(current: Export): Observable<Export> {
    return new Observable<Export>((watcher) => {
      this.tell(watcher, current);
      if (this.isClosed) watcher.complete();
      else this.timer ??= setTimeout(() => void this.poll(), POLL_MS);
      return () => this.watchers.delete(watcher);
    });
  }

  // Ends the answers that would otherwise hold up the server's end.
  onModuleDestroy(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    for (const watcher of this.watchers.keys()) watcher.complete();
  }

  private async poll(): Promise<void> {
    try {
      const ids = new Set([...this.watchers.values()].map(({ id }) => id));
      const states = new Map((await this.exports.findAll([...ids])).map((state) => [state.id, state]));
      for (const [watcher, { id, updatedAt }] of this.watchers) {
        const state = states.get(id);
        if (state && state.updatedAt.getTime() !== updatedAt.getTime()) this.tell(watcher, state);
      }
    } catch (error) {
      this.warnings.report('Watched exports could not be read; it is tried again', error);
    }
    this.timer = this.watchers.size > 0 ? setTimeout(() => void this.poll(), POLL_MS) : undefined;
  }

  private tell(watcher: Subscriber<Export>, state: Export): void {
    this.watchers.set(watcher, state);
    watcher.next(state);
    if (isFinished(state.status)) watcher.complete();
  }
}
