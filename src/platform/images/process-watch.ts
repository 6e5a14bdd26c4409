import type { ImageProcess } from './image-process';
import type { ProcessUsage } from './process-usage';

export interface WatchLimits {
  readonly maxMemoryMb: number;
  readonly maxCpuMs: number;
}

const POLL_MS = 20;
/** For a machine that is so busy that a process hardly gets on. */
const MAX_WALL_MS = 15_000;
const TOO_LONG = 'it takes too long to draw';
const TOO_MUCH = 'it takes too much memory to draw';

/** Looks after a process that decodes an image, and ends it when it takes too much. */
export class ProcessWatch {
  /** Why it was ended, if it was. */
  reason: string | null = null;
  /** What it has taken of a processor since then. */
  cpuMs = 0;
  private readonly timer: NodeJS.Timeout;
  private readonly since = Date.now();

  private constructor(
    private readonly process: ImageProcess,
    private readonly startCpuMs: number,
    private readonly maxMemory: number,
    private readonly maxCpuMs: number,
  ) {
    this.timer = setInterval(() => void this.look(), POLL_MS);
  }

  /** Begins to look after a process, from what it has taken so far. */
  static async start(process: ImageProcess, { maxMemoryMb, maxCpuMs }: WatchLimits): Promise<ProcessWatch> {
    const usage = await process.usage();
    return new ProcessWatch(process, usage?.cpuMs ?? 0, maxMemoryMb * 1024 * 1024, maxCpuMs);
  }

  /** @returns what the process has taken; `null` when that is not known */
  async stop(): Promise<ProcessUsage | null> {
    clearInterval(this.timer);
    return this.measure();
  }

  private async look(): Promise<void> {
    const usage = await this.measure();
    if (usage !== null && usage.memory > this.maxMemory) this.end(TOO_MUCH);
    else if (this.cpuMs > this.maxCpuMs || Date.now() - this.since > MAX_WALL_MS) this.end(TOO_LONG);
  }

  private async measure(): Promise<ProcessUsage | null> {
    const usage = await this.process.usage();
    if (usage !== null) this.cpuMs = usage.cpuMs - this.startCpuMs;
    return usage;
  }

  private end(reason: string): void {
    this.reason ??= reason;
    this.process.kill();
  }
}
