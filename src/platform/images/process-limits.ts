import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { type ImageHeader, readImageHeader } from './image-header';
import { type ImageJob, isPngJob } from './image-protocol';

/** The resources that a process has used so far. */
export interface ProcessUsage {
  readonly cpuMs: number;
  /** Resident memory in bytes. */
  readonly memory: number;
}

/** Linux reports the CPU time of processes in units of 10 ms. */
const MS_PER_TICK = 10;

/**
 * Reads the usage of a process; `null` when it has ended or the system does not report it. On Linux
 * this reads two small files synchronously, because other work may occupy the thread pool.
 */
export async function readUsage(pid: number): Promise<ProcessUsage | null> {
  try {
    return process.platform === 'linux' ? readProc(pid) : await readPs(pid);
  } catch {
    return null;
  }
}

function readProc(pid: number): ProcessUsage | null {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The program name in parentheses may contain spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const memory = /^VmRSS:\s+(\d+)/m.exec(status)?.[1];
  if (memory === undefined) return null;
  return { cpuMs: (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK, memory: Number(memory) * 1024 };
}

async function readPs(pid: number): Promise<ProcessUsage | null> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=,time=', '-p', String(pid)]);
  const [, kilobytes, time = ''] = /^\s*(\d+)\s+(\S+)/.exec(stdout) ?? [];
  if (kilobytes === undefined) return null;
  const seconds = time.split(/[-:]/).reduce((sum, part) => sum * 60 + Number(part), 0);
  return { cpuMs: seconds * 1000, memory: Number(kilobytes) * 1024 };
}

const MB = 1024 * 1024;
/** For code, fonts and garbage. */
const BITMAP_MB = 32;
const SVG_MB = 64;
/** For the pixels, a reduced copy and its intermediate buffers. */
const BYTES_PER_PIXEL = 7.5;
/** A progressive image is buffered whole, in coefficients of several bytes. */
const BYTES_PER_PROGRESSIVE_PIXEL = 14;
const BYTES_PER_WEBP_PIXEL = 12;
/** A check makes no copy, and shrinking reads row by row. */
const BYTES_PER_CHECKED_PIXEL = 5;
const BYTES_PER_SVG_PIXEL = 20;
const MAX_SVG_PIXELS = 16_000_000;
/** An SVG is rendered at twice the resolution of its use. */
const SVG_OVERSAMPLING = 2;
/** For the elements of an SVG file and its embedded images. */
const BYTES_PER_SVG_BYTE = 24;
const COPIES_OF_FILE = 3;

/**
 * The memory that a job may use beyond that of an idle process, in megabytes. It depends on the
 * size of the result.
 */
export function estimateMemoryMb(job: ImageJob, bytes: Uint8Array): number {
  if (job.kind === 'svg') {
    const side = Math.max(1, ...job.uses.flatMap(({ width, height }) => [Math.abs(width ?? 0), Math.abs(height ?? 0)]));
    const pixels = Math.min(MAX_SVG_PIXELS, (side * job.ratio * SVG_OVERSAMPLING) ** 2);
    return SVG_MB + (pixels * BYTES_PER_SVG_PIXEL + bytes.byteLength * BYTES_PER_SVG_BYTE) / MB;
  }
  const header = readImageHeader(bytes);
  const pixels = header === null ? 0 : header.width * header.height;
  const perPixel = isPngJob(job) ? BYTES_PER_CHECKED_PIXEL : bytesPerPixel(header);
  return BITMAP_MB + (pixels * perPixel + bytes.byteLength * COPIES_OF_FILE) / MB;
}

function bytesPerPixel(header: ImageHeader | null): number {
  if (header?.format === 'webp') return BYTES_PER_WEBP_PIXEL;
  return header?.isProgressive === true ? BYTES_PER_PROGRESSIVE_PIXEL : BYTES_PER_PIXEL;
}

export interface WatchedProcess {
  usage(): Promise<ProcessUsage | null>;
  kill(): void;
}

export interface WatchLimits {
  readonly maxMemoryMb: number;
  readonly maxCpuMs: number;
}

const POLL_MS = 20;
/** For a machine that is so busy that a process makes hardly any progress. */
const MAX_WALL_MS = 15_000;
const TOO_LONG = 'it takes too long to draw';
const TOO_MUCH = 'it takes too much memory to draw';

/** Watches a process that decodes an image, and kills it when it exceeds its limits. */
export class ProcessWatch {
  /** Why the process was killed; `null` when it was not. */
  reason: string | null = null;
  /** The CPU time since the start of the watch. */
  cpuMs = 0;
  private readonly timer: NodeJS.Timeout;
  private readonly since = Date.now();

  private constructor(
    private readonly process: WatchedProcess,
    private readonly startCpuMs: number,
    private readonly maxMemory: number,
    private readonly maxCpuMs: number,
  ) {
    this.timer = setInterval(() => void this.poll(), POLL_MS);
  }

  /** Starts to watch a process. What it has used before does not count. */
  static async start(process: WatchedProcess, { maxMemoryMb, maxCpuMs }: WatchLimits): Promise<ProcessWatch> {
    const usage = await process.usage();
    return new ProcessWatch(process, usage?.cpuMs ?? 0, maxMemoryMb * 1024 * 1024, maxCpuMs);
  }

  /** @returns the usage of the process; `null` when it is unknown */
  async stop(): Promise<ProcessUsage | null> {
    clearInterval(this.timer);
    return this.measure();
  }

  private async poll(): Promise<void> {
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
