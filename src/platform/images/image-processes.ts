import { AsyncResource } from 'node:async_hooks';
import { Logger } from '@nestjs/common';
import { onAbort } from '../async';
import { allowanceFor } from './image-allowance';
import { ImageProcess, ImageProcessEndedError } from './image-process';
import type { ImageJob } from './image-protocol';
import { ImageRefusedError } from './image-refused-error';
import { ImageSession, type OnReply } from './image-session';
import { ProcessWatch, type WatchLimits } from './process-watch';
import { RefusedImages } from './refused-images';

export interface ImageProcessesOptions {
  /** How many images are decoded at once; others wait for a process. */
  readonly processes: number;
  /** Resident memory of all processes together, in megabytes. */
  readonly memoryMb: number;
  /** How long one image may occupy a processor, in milliseconds; 3 s by default. */
  readonly maxCpuMs?: number;
}

interface Task {
  readonly session: ImageSession;
  readonly job: ImageJob;
  readonly bytes: Uint8Array;
  readonly allowanceMb: number;
  readonly onReply: OnReply;
  readonly since: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
  attempts: number;
  cancelled: boolean;
  /** Logs why its process ended, for the request or the export that the image is of. */
  readonly onEnded: (reason: string) => void;
}

/** What an idle process has, with what is left of its last image. */
const IDLE_MB = 100;
/** A process that keeps more than this of its last image is replaced. */
const SPENT_MB = 110;
/** Below that not a single image has room. */
const MIN_PROCESS_MB = 160;
const IDLE_TIMEOUT_MS = 30_000;
/** Ten times what a large photo takes. */
const MAX_CPU_MS = 3_000;
/** To a picture of the largest size. */
const MAX_CHECK_CPU_MS = 8_000;
/** After this a large image waits no longer for memory that small ones take. */
const MAX_OVERTAKEN_MS = 5_000;
/** A process may end for reasons that are not the image's. */
const MAX_ATTEMPTS = 2;

const NEVER = new AbortController().signal;

const logger = new Logger('ImageProcesses');

/**
 * Decodes the images of users in a few processes of its own, which are ended when an image takes too much time or memory.
 * The drawing that has used them least goes first.
 */
export class ImageProcesses {
  private readonly all = new Set<ImageProcess>();
  private readonly idle = new Map<ImageProcess, NodeJS.Timeout>();
  private readonly running = new Map<ImageProcess, Task>();
  private readonly waiting: Task[] = [];
  private readonly refused = new RefusedImages();
  private readonly maxProcesses: number;
  private isClosed = false;

  constructor(private readonly options: ImageProcessesOptions) {
    this.maxProcesses = Math.max(1, Math.min(options.processes, Math.floor(options.memoryMb / MIN_PROCESS_MB)));
  }

  /** For the images of one drawing, which share the time that they may take. */
  openSession(): ImageSession {
    return new ImageSession((session, ...work) => this.perform(session, ...work));
  }

  /**
   * Decodes a PNG file to its last pixel.
   * @throws ImageRefusedError when pixels are missing, or a side is longer than `maxSide`
   */
  async checkPng(bytes: Uint8Array, maxSide: number): Promise<void> {
    await this.perform(this.openSession(), { kind: 'check', maxSide }, bytes, () => undefined, NEVER);
  }

  /** Starts a process, if none is there, for an image that comes soon. */
  warmUp(): void {
    if (this.all.size === 0 && !this.isClosed) this.rest(this.start());
  }

  /** Ends all processes, and whatever they are doing. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const task of this.waiting.splice(0)) task.reject(new ImageProcessEndedError('The service is shutting down'));
    const ending = [...this.all];
    for (const process of ending) this.remove(process);
    await Promise.all(ending.map((process) => process.end()));
  }

  /** Nest ends this when exports have ended or were handed back. */
  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  private async perform(
    session: ImageSession,
    job: ImageJob,
    bytes: Uint8Array,
    onReply: OnReply,
    signal: AbortSignal,
  ) {
    signal.throwIfAborted();
    const known = this.refused.find(bytes);
    if (known !== null) throw new ImageRefusedError(known);
    let stopListening: () => void = () => undefined;
    const room = this.options.memoryMb - IDLE_MB;
    const allowanceMb = Math.min(allowanceFor(job, bytes), room);
    const limited = job.kind === 'check' ? job : { ...job, memory: allowanceMb * 1024 * 1024 };
    await new Promise<void>((resolve, reject) => {
      const task: Task = {
        session,
        job: limited,
        bytes,
        allowanceMb,
        onReply,
        since: Date.now(),
        resolve,
        reject,
        attempts: 0,
        cancelled: false,
        onEnded: AsyncResource.bind((reason: string) => {
          logger.warn('An image process was ended', { reason });
        }),
      };
      this.waiting.push(task);
      stopListening = onAbort(signal, () => {
        this.cancel(task, signal.reason);
      });
      this.dispatch();
    }).finally(() => {
      stopListening();
    });
  }

  private cancel(task: Task, reason: unknown): void {
    task.cancelled = true;
    task.reject(reason);
    const at = this.waiting.indexOf(task);
    if (at >= 0) this.waiting.splice(at, 1);
    for (const [process, running] of this.running) if (running === task) process.kill();
  }

  /** Gives work to processes for as long as there is both. */
  private dispatch(): void {
    for (;;) {
      const task = this.isClosed ? undefined : this.next();
      if (task === undefined) return;
      this.waiting.splice(this.waiting.indexOf(task), 1);
      const process = [...this.idle.keys()][0] ?? this.start();
      clearTimeout(this.idle.get(process));
      this.idle.delete(process);
      this.running.set(process, task);
      void this.run(process, task);
    }
  }

  /** The next task: of those that fit into memory, the one whose drawing has used the least CPU time. */
  private next(): Task | undefined {
    if (this.running.size >= this.maxProcesses) return undefined;
    const busy = new Set([...this.running.values()].map(({ session }) => session));
    const heavy = [...busy].filter(({ isHeavy }) => isHeavy).length;
    const isChecking = [...this.running.values()].some(({ job }) => job.kind === 'check');
    const mayBeHeavy = this.maxProcesses === 1 || heavy < this.maxProcesses - 1;
    const eligible = this.waiting
      .filter(({ session }) => !busy.has(session) && (mayBeHeavy || !session.isHeavy))
      .filter(({ job }) => job.kind !== 'check' || !isChecking)
      .sort((one, other) => one.session.cpuMs - other.session.cpuMs || one.since - other.since);
    for (const task of eligible) {
      if (this.makeRoom(task.allowanceMb)) return task;
      if (Date.now() - task.since > MAX_OVERTAKEN_MS) return undefined;
    }
    return undefined;
  }

  /** Whether an image fits into the memory beside those that are being decoded, at the cost of idle processes. */
  private makeRoom(allowanceMb: number): boolean {
    const taken = [...this.running.values()].reduce((sum, task) => sum + IDLE_MB + task.allowanceMb, 0);
    let free = this.options.memoryMb - taken - IDLE_MB - allowanceMb;
    if (free < 0) return false;
    // One of the idle processes is the one that will work.
    for (const process of [...this.idle.keys()].slice(1)) {
      free -= IDLE_MB;
      if (free < 0) this.remove(process);
    }
    return true;
  }

  private start(): ImageProcess {
    const process = new ImageProcess(this.options.memoryMb);
    this.all.add(process);
    void process.end().then(() => {
      this.remove(process);
    });
    return process;
  }

  private rest(process: ImageProcess): void {
    const timer = setTimeout(() => {
      this.remove(process);
    }, IDLE_TIMEOUT_MS).unref();
    this.idle.set(process, timer);
  }

  private remove(process: ImageProcess): void {
    clearTimeout(this.idle.get(process));
    this.idle.delete(process);
    this.all.delete(process);
    process.kill();
  }

  private async run(process: ImageProcess, task: Task): Promise<void> {
    task.attempts += 1;
    let hasStarted = false;
    let watch: ProcessWatch | null = null;
    let hasReplied = false;
    try {
      await process.started();
      hasStarted = true;
      watch = await ProcessWatch.start(process, this.limitsFor(task));
      await process.perform(task.job, task.bytes, (reply, pixels) => {
        hasReplied = true;
        if (reply.kind === 'refused') task.reject(new ImageRefusedError(reply.reason));
        else if (!task.cancelled) task.onReply(reply, pixels);
      });
      task.resolve();
    } catch (error) {
      this.explain(task, error, { reason: watch?.reason ?? null, mayRetry: !hasReplied, hasStarted });
    } finally {
      await this.settle(process, task, watch);
    }
  }

  private limitsFor({ job, allowanceMb, session }: Task): WatchLimits {
    const maxCpuMs = job.kind === 'check' ? MAX_CHECK_CPU_MS : (this.options.maxCpuMs ?? MAX_CPU_MS);
    // A drawing whose image was killed before gets less time.
    return { maxMemoryMb: IDLE_MB + allowanceMb, maxCpuMs: maxCpuMs / 3 ** session.kills };
  }

  /** A process ended: by us, as the image was too much for it, or by itself. */
  private explain(task: Task, error: unknown, { reason, mayRetry, hasStarted }: Ending): void {
    if (task.cancelled) return;
    if (reason !== null) {
      task.session.kills += 1;
      this.refused.add(task.bytes, reason);
      task.onEnded(reason);
      task.reject(new ImageRefusedError(reason));
    } else if (this.isClosed || !(error instanceof ImageProcessEndedError)) {
      task.reject(error);
    } else if (mayRetry && task.attempts < MAX_ATTEMPTS) {
      this.waiting.push(task);
    } else if (!hasStarted) {
      // That is no fault of the image: the attempt at the drawing fails, and is repeated.
      task.reject(error);
    } else {
      task.session.kills += 1;
      task.onEnded(error.message);
      this.refused.add(task.bytes, 'it cannot be decoded');
      task.reject(new ImageRefusedError('it cannot be decoded'));
    }
  }

  private async settle(process: ImageProcess, task: Task, watch: ProcessWatch | null): Promise<void> {
    const usage = await watch?.stop();
    this.running.delete(process);
    const isSpent = !usage || process.isWorn(usage) || usage.memory > SPENT_MB * 1024 * 1024;
    if (process.isEnded || isSpent || this.isClosed) this.remove(process);
    else this.rest(process);
    task.session.cpuMs += watch?.cpuMs ?? 0;
    this.dispatch();
  }
}

interface Ending {
  readonly reason: string | null;
  readonly mayRetry: boolean;
  readonly hasStarted: boolean;
}
