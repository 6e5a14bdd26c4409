import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { imageProcessEnvironment } from '../config/native-environment';
import { type ImageJob, type ImageReply, readFrames, writeFrame } from './image-protocol';
import { type ProcessUsage, readUsage, type WatchedProcess } from './process-limits';

/** The file descriptor of the socket, after the three standard streams. */
const CHANNEL = 3;
const START_TIMEOUT_MS = 30_000;
/** The heap for the largest SVG file. */
const HEAP_MB = 192;
/** The operating system ends a process after this CPU time, even when the service has crashed. */
const MAX_CPU_SECONDS = 60;
/** A process is replaced long before it reaches its limit of CPU time. */
const WORN_CPU_MS = 30_000;

/** The process ended during a job. */
export class ImageProcessEndedError extends Error {
  override readonly name = 'ImageProcessEndedError';
}

/** A process that decodes images, one at a time, and can be killed at any moment. */
export class ImageProcess implements WatchedProcess {
  private readonly child: ChildProcess;
  private readonly channel: Socket;
  private readonly ended: Promise<never>;
  private readonly ready: Promise<void>;
  private onReply: (reply: ImageReply, bytes: Uint8Array<ArrayBuffer>) => void = () => undefined;
  isEnded = false;

  /** @param memoryMb the limit of its memory, if the operating system supports one */
  constructor(memoryMb: number) {
    this.child = startProgram(memoryMb);
    this.channel = this.child.stdio[CHANNEL] as Socket;
    const ready = new Promise<void>((resolve) => {
      this.onReply = () => {
        resolve();
      };
    });
    this.ended = new Promise((_, reject) => {
      const end = (cause: unknown) => {
        this.isEnded = true;
        reject(new ImageProcessEndedError(`The image process ended (${String(cause)})`));
      };
      this.child.once('error', end);
      this.child.once('exit', (code, signal) => {
        end(signal ?? code);
      });
    });
    this.ready = Promise.race([ready, this.ended]);
    for (const promise of [this.ended, this.ready]) promise.catch(() => undefined);
    this.channel.on('error', () => {
      this.kill();
    });
    readFrames(this.channel, (reply, bytes) => {
      this.onReply(reply as ImageReply, bytes);
    });
    const startTimer = setTimeout(() => {
      this.kill();
    }, START_TIMEOUT_MS).unref();
    void this.ready
      .catch(() => undefined)
      .finally(() => {
        clearTimeout(startTimer);
      });
    this.unref();
  }

  /** Waits until the process is ready. */
  async started(): Promise<void> {
    this.ref();
    await this.ready;
  }

  /**
   * Runs a job.
   * @param onReply called for every reply; the last one is `done` or `refused`
   * @throws ImageProcessEndedError
   */
  async perform(
    job: ImageJob,
    bytes: Uint8Array,
    onReply: (reply: ImageReply, bytes: Uint8Array<ArrayBuffer>) => void,
  ): Promise<void> {
    const done = new Promise<void>((resolve) => {
      this.onReply = (reply, pixels) => {
        onReply(reply, pixels);
        if (reply.kind === 'done' || reply.kind === 'refused') resolve();
      };
    });
    writeFrame(this.channel, job, bytes);
    await Promise.race([done, this.ended]);
    this.unref();
  }

  async usage(): Promise<ProcessUsage | null> {
    return this.child.pid === undefined ? null : readUsage(this.child.pid);
  }

  isWorn({ cpuMs }: ProcessUsage): boolean {
    return cpuMs > WORN_CPU_MS;
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  /** Waits until the process has ended. */
  async waitForEnd(): Promise<void> {
    await this.ended.catch(() => undefined);
  }

  /** Keeps the service running during a job. */
  private ref(): void {
    this.child.ref();
    this.channel.ref();
  }

  private unref(): void {
    this.child.unref();
    this.channel.unref();
  }
}

function startProgram(memoryMb: number): ChildProcess {
  const folder = findProgramFolder();
  const flags = ['--expose-gc', `--max-old-space-size=${HEAP_MB}`, '--max-semi-space-size=2'];
  const command = [process.execPath, ...flags, join(folder, 'image.process.js')];
  const options = {
    env: imageProcessEnvironment(join(folder, 'fonts.conf')),
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'] as ('ignore' | 'pipe')[],
  };
  if (process.platform === 'win32') return spawn(process.execPath, command.slice(1), options);
  // The shell sets the limits and then executes the program. Without a memory limit of the system,
  // only the watch limits it.
  const limits = `ulimit -c 0; ulimit -t ${MAX_CPU_SECONDS}; ulimit -d ${memoryMb * 1024} 2>/dev/null; exec "$0" "$@"`;
  return spawn('/bin/sh', ['-c', limits, ...command], options);
}

/**
 * The folder of the compiled program: this file's own, or the one in `dist` when it runs from a
 * bundle or from source.
 */
function findProgramFolder(): string {
  const path = 'platform/images';
  const places = [__dirname, join(__dirname, path), join(__dirname, '../../../dist', path)];
  const found = places.find((place) => existsSync(join(place, 'image.process.js')));
  if (found === undefined) throw new Error('The program of the image processes is not built: run `npm run build`');
  return found;
}
