import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Counter } from 'prom-client';
import type { ReportProgress } from '../../../formats';
import type { Metrics } from '../../../platform/observability/metrics';
import type { FinishedFile } from '../../model/domain/finished-file';
import type { Attempt } from '../../model/domain/interfaces/attempt.repository';
import { Production } from '../../model/domain/interfaces/production';
import { ProductionThread, type ThreadOptions } from './production-thread';

/** Exports need flat memory. What is large, such as files and boards, is outside of the heap. */
const HEAP_MB = 512;
/** As `npm start` limits the main thread: more new objects at once are not collected faster. */
const YOUNG_HEAP_MB = 24;

interface ThreadedProductionOptions extends Partial<ThreadOptions> {
  readonly environment: ThreadOptions['environment'];
  /** The maximum number of threads. */
  readonly threads: number;
}

/**
 * Produces files in worker threads, so that the event loop of the main thread is free for requests. A thread starts when
 * all others are busy. One that crashed is replaced for the next attempt.
 */
export class ThreadedProduction extends Production implements OnApplicationShutdown {
  private readonly logger = new Logger(ThreadedProduction.name);
  private readonly threads = new Set<ProductionThread>();
  private readonly lost: Counter;

  constructor(
    private readonly options: ThreadedProductionOptions,
    { registry }: Metrics,
  ) {
    super();
    this.lost = new Counter({
      name: 'export_threads_lost_total',
      help: 'Production threads that crashed, ran out of memory or hung; each was replaced',
      registers: [registry],
    });
  }

  override produce(attempt: Attempt, report: ReportProgress, signal: AbortSignal): Promise<FinishedFile> {
    return this.leastBusy().produce(attempt, report, signal);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.threads].map((thread) => thread.close()));
  }

  /** The thread for the next work. */
  leastBusy(): ProductionThread {
    const [least] = [...this.threads].sort((one, other) => one.load - other.load);
    return least && (least.load === 0 || this.threads.size >= this.options.threads) ? least : this.start();
  }

  private start(): ProductionThread {
    const { program = findProgram(), heapMb = HEAP_MB, youngHeapMb = YOUNG_HEAP_MB } = this.options;
    const thread = new ProductionThread({ ...this.options, program, heapMb, youngHeapMb });
    this.threads.add(thread);
    void thread.ended.then((reason) => {
      this.threads.delete(thread);
      if (reason === null) return;
      this.lost.inc();
      this.logger.warn('A production thread ended unexpectedly: its attempts are repeated', {
        event: 'export.thread_lost',
        reason,
      });
    });
    return thread;
  }
}

/** The program in `dist`: this file is in its bundle, beside it or in `src`. */
function findProgram(): string {
  const folders = [__dirname, join(__dirname, '../../..'), join(__dirname, '../../../../dist')];
  const program = folders.map((folder) => join(folder, 'production-thread.worker.js')).find((path) => existsSync(path));
  if (program === undefined) throw new Error('The production threads are not built: run `npm run build`');
  return program;
}
