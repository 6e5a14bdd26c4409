import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { imageProcessEnvironment } from '../config/native-environment';
import { type ImageJob, type ImageReply, readFrames, writeFrame } from './image-protocol';
import { type ProcessUsage, readUsage } from './process-usage';

/** Its socket, after the three standard streams. */
const CHANNEL = 3;
const START_TIMEOUT_MS = 30_000;
/** V8 needs this much for the largest SVG file. */
const HEAP_MB = 192;
/** A process whose service is gone and that is deep in native code ends after this at the latest. */
const MAX_CPU_SECONDS = 60;
/** A process that has worked this long is replaced before it comes near its last second. */
const WORN_CPU_MS = 30_000;

/** The process ended while it worked. */
export class ImageProcessEndedError extends Error {
  override readonly name = 'ImageProcessEndedError';
}

/** A process that decodes images, one at a time, and can be ended at any moment. */
export class ImageProcess {
  private readonly child: ChildProcess;
  private readonly channel: Socket;
  private readonly ended: Promise<never>;
  private readonly ready: Promise<void>;
  private onReply: (reply: ImageReply, bytes: Uint8Array<ArrayBuffer>) => void = () => undefined;
  isEnded = false;

  /** @param memoryMb what it may never exceed, where the operating system can see to that */
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
    this.rest();
  }

  /** Waits until it has loaded what it needs. */
  async started(): Promise<void> {
    this.hold();
    await this.ready;
  }

  /**
   * Does a job.
   * @param onReply called with everything it says, the last time with `done` or `refused`
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
    this.rest();
  }

  async usage(): Promise<ProcessUsage | null> {
    return this.child.pid === undefined ? null : readUsage(this.child.pid);
  }

  isWorn({ cpuMs }: ProcessUsage): boolean {
    return cpuMs > WORN_CPU_MS;
  }

  /** Ends it at once, whatever it does. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  /** Waits for its end. */
  async end(): Promise<void> {
    await this.ended.catch(() => undefined);
  }

  /** While it works, the service waits for it at its own end. */
  private hold(): void {
    this.child.ref();
    this.channel.ref();
  }

  private rest(): void {
    this.child.unref();
    this.channel.unref();
  }
}

function startProgram(memoryMb: number): ChildProcess {
  const folder = builtFolder();
  const flags = ['--expose-gc', `--max-old-space-size=${HEAP_MB}`, '--max-semi-space-size=2'];
  const command = [process.execPath, ...flags, join(folder, 'image.process.js')];
  const options = {
    env: imageProcessEnvironment(join(folder, 'fonts.conf')),
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'] as ('ignore' | 'pipe')[],
  };
  if (process.platform === 'win32') return spawn(process.execPath, command.slice(1), options);
  // A shell can limit what it then becomes. Where the system has no such limit, the polled one has to do.
  const limits = `ulimit -c 0; ulimit -t ${MAX_CPU_SECONDS}; ulimit -d ${memoryMb * 1024} 2>/dev/null; exec "$0" "$@"`;
  return spawn('/bin/sh', ['-c', limits, ...command], options);
}

/**
 * The folder of the program, and of what belongs to it. It is this file's own, unless this file runs in a bundle, or from
 * its source: then the build has left it in `dist`.
 */
function builtFolder(): string {
  const path = 'platform/images';
  const places = [__dirname, join(__dirname, path), join(__dirname, '../../../dist', path)];
  const built = places.find((place) => existsSync(join(place, 'image.process.js')));
  if (built === undefined) throw new Error('The program of the image processes is not there: `npm run build` makes it');
  return built;
}
