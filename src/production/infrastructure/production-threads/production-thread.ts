import { Worker } from 'node:worker_threads';
import { onAbort, settlesWithin } from '../../../platform/async';
import type { ReadingThreadData } from '../../../platform/database/read-ahead';
import type { ReportProgress } from '../../../formats';
import type { FinishedFile } from '../../model/domain/finished-file';
import type { Attempt } from '../../model/domain/interfaces/attempt.repository';
import { type FromThread, fromSentError, type PartTask, type ToThread } from './thread-protocol';

const TICK_MS = 1_000;
/** No regular work blocks the event loop of a thread for this many ticks in a row. */
const STUCK_AFTER_TICKS = 30;

/** An aborted attempt whose thread does not answer is given up, before a shutdown stops waiting for it. */
const ABORT_TIMEOUT_MS = 4_000;

/** Connections are closed within two seconds. */
const CLOSE_TIMEOUT_MS = 3_000;

export interface ThreadOptions {
  /** The path of its program. */
  readonly program: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What it shares with the other threads of the process. */
  readonly data?: ReadingThreadData;
  /** The maximum heap, in megabytes. */
  readonly heapMb: number;
  /** The heap of new objects, in megabytes. */
  readonly youngHeapMb: number;
  /** Seconds without an answer after which the thread is terminated; 30 by default. */
  readonly stuckAfterTicks?: number;
}

interface PendingAttempt {
  readonly report: ReportProgress;
  readonly resolve: (result: never) => void;
  readonly reject: (reason: unknown) => void;
}

/** The thread ended during the attempt. Another attempt may succeed. */
class ThreadEndedError extends Error {
  override readonly name = 'ThreadEndedError';
}

/** A thread that produces files, seen from the main thread. When it crashes, its attempts fail and can be repeated. */
export class ProductionThread {
  private readonly worker: Worker;
  private readonly pending = new Map<string, PendingAttempt>();
  private readonly stuckAfterTicks: number;
  private ticking: NodeJS.Timeout | undefined;
  private isPinged = false;
  /** Counted in ticks, so that the time for which the process was paused does not count. */
  private ticksWaited = 0;
  private failure: string | null = null;
  private hasEnded = false;
  /** Resolves when the thread has ended: with the reason, or with `null` after a regular end. */
  readonly ended: Promise<string | null>;

  constructor({ program, environment, data, heapMb, youngHeapMb, ...options }: ThreadOptions) {
    this.stuckAfterTicks = options.stuckAfterTicks ?? STUCK_AFTER_TICKS;
    this.worker = new Worker(program, {
      name: 'production',
      env: environment,
      workerData: data,
      resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: youngHeapMb },
    });
    this.worker.on('message', this.receive);
    this.worker.on('error', (error) => {
      this.failure ??= error.message;
    });
    this.ended = new Promise((resolve) => {
      this.worker.once('exit', (code) => {
        this.hasEnded = true;
        if (code !== 0) this.failure ??= `exit code ${code}`;
        clearInterval(this.ticking);
        const error = new ThreadEndedError(`The production thread ended: ${this.failure ?? 'it was closed'}`);
        for (const { reject } of this.pending.values()) reject(error);
        resolve(this.failure);
      });
    });
  }

  /** How many attempts it works on. */
  get load(): number {
    return this.pending.size;
  }

  /** @throws what the production throws, or ThreadEndedError */
  produce(attempt: Attempt, report: ReportProgress, signal: AbortSignal): Promise<FinishedFile> {
    return this.run(attempt.token, { kind: 'produce', attempt }, report, signal);
  }

  /** @returns what the task says @throws what the production throws, or ThreadEndedError */
  perform<Result>(token: string, task: PartTask, report: ReportProgress, signal: AbortSignal): Promise<Result> {
    return this.run(token, { kind: 'part', token, task }, report, signal);
  }

  /** Closes what stayed open for an attempt. */
  abort(token: string): void {
    this.send({ kind: 'abort', token });
  }

  private async run<Result>(
    token: string,
    message: ToThread,
    report: ReportProgress,
    signal: AbortSignal,
  ): Promise<Result> {
    signal.throwIfAborted();
    if (this.hasEnded) throw new ThreadEndedError('The production thread has ended');
    const produced = new Promise<Result>((resolve, reject) => {
      this.pending.set(token, { report, resolve: resolve, reject });
    });
    let giveUp: NodeJS.Timeout | undefined;
    const stopListening = onAbort(signal, () => {
      this.send({ kind: 'abort', token });
      giveUp = setTimeout(() => this.pending.get(token)?.reject(signal.reason), ABORT_TIMEOUT_MS);
    });
    this.ticking ??= setInterval(() => {
      this.tick();
    }, TICK_MS);
    try {
      this.send(message);
      return await produced;
    } finally {
      stopListening();
      clearTimeout(giveUp);
      this.pending.delete(token);
      if (this.pending.size === 0) this.stopTicking();
    }
  }

  /** Ends the thread, which must have nothing to do. */
  async close(): Promise<void> {
    this.send({ kind: 'close' });
    if (!(await settlesWithin(CLOSE_TIMEOUT_MS, this.ended))) await this.worker.terminate();
  }

  private send(message: ToThread): void {
    this.worker.postMessage(message);
  }

  private readonly receive = (message: FromThread): void => {
    if (message.kind === 'pong') {
      this.isPinged = false;
      return;
    }
    const attempt = this.pending.get(message.token);
    if (message.kind === 'progress') attempt?.report(message.progress);
    else if (message.kind === 'produced') attempt?.resolve(message.file as never);
    else if (message.kind === 'part-done') attempt?.resolve(message.result as never);
    else attempt?.reject(fromSentError(message.error));
  };

  private tick(): void {
    if (!this.isPinged) {
      this.isPinged = true;
      this.ticksWaited = 0;
      this.send({ kind: 'ping' });
      return;
    }
    this.ticksWaited += 1;
    if (this.ticksWaited < this.stuckAfterTicks) return;
    this.failure = `it did not answer for ${this.ticksWaited} s`;
    void this.worker.terminate();
  }

  private stopTicking(): void {
    clearInterval(this.ticking);
    this.ticking = undefined;
  }
}
