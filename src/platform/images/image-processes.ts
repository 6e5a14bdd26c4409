import { AsyncResource } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { onAbort } from '../async';
import { ImageProcess, ImageProcessEndedError } from './image-process';
import { type ImageJob, ImageRefusedError, isPngJob } from './image-protocol';
import { ImageSession, type OnReply } from './image-session';
import { estimateMemoryMb, ProcessWatch, type WatchLimits } from './process-limits';

export interface ImageProcessesOptions {
  /** The maximum number of images that are decoded at once; others wait for a process. */
  readonly processes: number;
  /** Resident memory of all processes together, in megabytes. */
  readonly memoryMb: number;
  /** The maximum CPU time of one image, in milliseconds; 3 s by default. */
  readonly maxCpuMs?: number;
}

interface Task {
  readonly session: ImageSession;
  readonly job: ImageJob;
  readonly bytes: Uint8Array;
  readonly memoryMb: number;
  readonly onReply: OnReply;
  readonly since: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
  attempts: number;
  cancelled: boolean;
  /** Logs why the process ended, in the context of the caller. */
  readonly onEnded: (reason: string) => void;
}

/** The memory of an idle process, including leftovers of its last image. */
const IDLE_MB = 100;
/** An idle process with more memory than this is replaced. */
const SPENT_MB = 110;
/** The minimum memory for a process with one image. */
const MIN_PROCESS_MB = 160;
const IDLE_TIMEOUT_MS = 30_000;
/** Ten times the time of a large photo. */
const MAX_CPU_MS = 3_000;
/** For a picture of the maximum size. */
const MAX_CHECK_CPU_MS = 8_000;
/** After this time, small images do not overtake a large one that waits for memory. */
const MAX_OVERTAKEN_MS = 5_000;
/** A process may end for other reasons than its image. */
const MAX_ATTEMPTS = 2;

const NEVER = new AbortController().signal;

const logger = new Logger('ImageProcesses');

/**
 * Decodes untrusted images in a few separate processes, which are killed when an image takes too
 * much time or memory. The session that has used the least CPU time goes first.
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

  /** Opens a session for the images of one drawing, which share a limit of CPU time. */
  openSession(): ImageSession {
    return new ImageSession((session, ...work) => this.perform(session, ...work));
  }

  /**
   * Decodes a PNG file completely.
   * @throws ImageRefusedError when pixels are missing, or a side is longer than `maxSide`
   */
  async checkPng(bytes: Uint8Array, maxSide: number): Promise<void> {
    await this.perform(this.openSession(), { kind: 'check', maxSide }, bytes, () => undefined, NEVER);
  }

  /**
   * Makes a copy of a PNG file whose longest side has at most `targetSide` pixels.
   * @throws ImageRefusedError when pixels are missing, or a side is longer than `maxSide`; the signal's reason
   */
  async shrinkPng(
    bytes: Uint8Array,
    { maxSide, targetSide }: { readonly maxSide: number; readonly targetSide: number },
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    let file: Uint8Array | undefined;
    const onReply: OnReply = (reply, received) => {
      if (reply.kind === 'file') file = received;
    };
    await this.perform(this.openSession(), { kind: 'shrink', maxSide, targetSide }, bytes, onReply, signal);
    if (!file) throw new Error('The image process sent no file');
    return file;
  }

  /** Starts a process, if there is none, for an image that will arrive soon. */
  warmUp(): void {
    if (this.all.size === 0 && !this.isClosed) this.rest(this.start());
  }

  /** Kills all processes. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const task of this.waiting.splice(0)) task.reject(new ImageProcessEndedError('The service is shutting down'));
    const ending = [...this.all];
    for (const process of ending) this.remove(process);
    await Promise.all(ending.map((process) => process.waitForEnd()));
  }

  /** Nest calls this after running exports have ended or were handed back. */
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
    const memoryMb = Math.min(estimateMemoryMb(job, bytes), room);
    const limited = isPngJob(job) ? job : { ...job, memory: memoryMb * 1024 * 1024 };
    await new Promise<void>((resolve, reject) => {
      const task: Task = {
        session,
        job: limited,
        bytes,
        memoryMb,
        onReply,
        since: Date.now(),
        resolve,
        reject,
        attempts: 0,
        cancelled: false,
        onEnded: AsyncResource.bind((reason: string) => {
          logger.warn('An image process ended during its job', { event: 'images.process_ended', reason });
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

  /** Assigns waiting tasks to processes. */
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

  /**
   * The next task: of those that fit into the memory, the one whose session has used the least CPU
   * time.
   */
  private next(): Task | undefined {
    if (this.running.size >= this.maxProcesses) return undefined;
    const busy = new Set([...this.running.values()].map(({ session }) => session));
    const heavy = [...busy].filter(({ isHeavy }) => isHeavy).length;
    const hasPngJob = [...this.running.values()].some(({ job }) => isPngJob(job));
    const mayBeHeavy = this.maxProcesses === 1 || heavy < this.maxProcesses - 1;
    const eligible = this.waiting
      .filter(({ session }) => !busy.has(session) && (mayBeHeavy || !session.isHeavy))
      .filter(({ job }) => !isPngJob(job) || !hasPngJob)
      .sort((one, other) => one.session.cpuMs - other.session.cpuMs || one.since - other.since);
    for (const task of eligible) {
      if (this.makeRoom(task.memoryMb)) return task;
      if (Date.now() - task.since > MAX_OVERTAKEN_MS) return undefined;
    }
    return undefined;
  }

  /**
   * Whether a task fits into the memory beside the running ones. Ends idle processes to make room.
   */
  private makeRoom(memoryMb: number): boolean {
    const taken = [...this.running.values()].reduce((sum, task) => sum + IDLE_MB + task.memoryMb, 0);
    let free = this.options.memoryMb - taken - IDLE_MB - memoryMb;
    if (free < 0) return false;
    // The first idle process will run the task.
    for (const process of [...this.idle.keys()].slice(1)) {
      free -= IDLE_MB;
      if (free < 0) this.remove(process);
    }
    return true;
  }

  private start(): ImageProcess {
    const process = new ImageProcess(this.options.memoryMb);
    this.all.add(process);
    void process.waitForEnd().then(() => {
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
      this.handleEnd(task, error, { reason: watch?.reason ?? null, mayRetry: !hasReplied, hasStarted });
    } finally {
      await this.settle(process, task, watch);
    }
  }

  private limitsFor({ job, memoryMb, session }: Task): WatchLimits {
    const maxCpuMs = isPngJob(job) ? MAX_CHECK_CPU_MS : (this.options.maxCpuMs ?? MAX_CPU_MS);
    // A session gets less time after each kill.
    return { maxMemoryMb: IDLE_MB + memoryMb, maxCpuMs: maxCpuMs / 3 ** session.kills };
  }

  /** Handles the end of a process: it was killed because of its image, or ended by itself. */
  private handleEnd(task: Task, error: unknown, { reason, mayRetry, hasStarted }: Ending): void {
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
      // Not caused by the image: the drawing fails and is repeated.
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

const REFUSAL_MS = 10 * 60_000;
const MAX_REFUSALS = 1000;

/** Remembers images that ended a process for some minutes, so that they do not end another one. */
class RefusedImages {
  private readonly reasons = new Map<string, { readonly reason: string; readonly until: number }>();

  /** @returns the reason why an image is refused, or `null` */
  find(bytes: Uint8Array): string | null {
    // Hashing a large image blocks the event loop for a moment.
    if (this.reasons.size === 0) return null;
    const entry = this.reasons.get(sha256(bytes));
    return entry !== undefined && entry.until > Date.now() ? entry.reason : null;
  }

  add(bytes: Uint8Array, reason: string): void {
    const key = sha256(bytes);
    this.reasons.delete(key);
    this.reasons.set(key, { reason, until: Date.now() + REFUSAL_MS });
    const [oldest] = this.reasons.keys();
    if (this.reasons.size > MAX_REFUSALS && oldest !== undefined) this.reasons.delete(oldest);
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}
