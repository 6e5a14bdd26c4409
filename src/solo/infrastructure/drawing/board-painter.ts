import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { Drawing } from '../../../export';
import type { AssetLoader } from '../../model/board/asset-loader';
import { countPages } from '../../model/board/board-reader';
import { MalformedStateError } from '../../model/board/board-errors';
import { parseState } from '../../model/board/state-json';
import { DrawingFailedError, threadEnd } from './drawing-errors';
import type { DrawingTask, Picture } from './drawing-protocol';
import { ThreadDrawing } from './thread-drawing';

export interface BoardPainterOptions {
  /** How many boards are drawn at once; others wait for a thread. */
  readonly threads: number;
  readonly assets: AssetLoader;
  /** How long one page may take before its drawing fails, in milliseconds; 30 s by default. */
  readonly pageTimeout?: number;
  /** How much memory the objects of one board may take, in megabytes; 1024 by default. */
  readonly threadMemory?: number;
}

/** Below this size parsing takes less time than reaching another thread. */
const SMALL_STATE_BYTES = 128 * 1024;
const INSPECTION_MEMORY = 1024;
const IDLE_TIMEOUT = 60_000;

/** Draws boards in threads of their own, so that nothing blocks the event loop. */
export class BoardPainter {
  private readonly painting: Piscina;
  private readonly inspecting: Piscina;

  constructor(private readonly options: BoardPainterOptions) {
    this.painting = pool('drawing.worker', 'draw', options.threads, options.threadMemory ?? 1024);
    // Saving a board must not wait until others are drawn.
    this.inspecting = pool('inspection.worker', 'inspect', 1, INSPECTION_MEMORY);
  }

  /**
   * Reads a board in a thread and gets ready to draw it. The thread is kept until the drawing is drawn, its loop is
   * left, or `signal` aborts: one of them has to happen.
   * @param state the state as JSON text in UTF-8
   * @throws MalformedStateError, PageNotFoundError, BoardTooLargeError, DrawingFailedError, the signal's reason
   */
  async open(state: Uint8Array, picture: Picture, signal: AbortSignal): Promise<Drawing> {
    signal.throwIfAborted();
    const { port1, port2 } = new MessageChannel();
    const killing = new AbortController();
    const copy = new Uint8Array(state);
    const task: DrawingTask = { port: port2, state: copy, picture };
    const running = this.painting.run(task, { transferList: [port2, copy.buffer], signal: killing.signal });
    const ended: Promise<void> = running.then(undefined, (error: unknown) => {
      throw threadEnd(error);
    });
    ended.catch(() => null);
    const kill = () => {
      killing.abort();
    };
    signal.addEventListener('abort', kill, { once: true });
    void ended
      .catch(() => null)
      .finally(() => {
        signal.removeEventListener('abort', kill);
      });
    const pageTimeout = this.options.pageTimeout ?? 30_000;
    return ThreadDrawing.open(port1, { assets: this.options.assets, pageTimeout, signal, kill, ended });
  }

  /**
   * Checks that a state is JSON and counts its pages.
   * @param state JSON text in UTF-8
   * @throws MalformedStateError
   */
  async inspect(state: Uint8Array): Promise<{ pageCount: number }> {
    if (state.byteLength <= SMALL_STATE_BYTES) return { pageCount: countPages(parseState(state)) };
    const copy = new Uint8Array(state);
    const counted: unknown = await this.inspecting
      .run(copy, { transferList: [copy.buffer] })
      .catch((cause: unknown) => {
        throw new DrawingFailedError('The board is too large to be read.', { cause });
      });
    if (typeof counted !== 'number') throw new MalformedStateError();
    return { pageCount: counted };
  }

  /** Ends the threads and what they are drawing. */
  async close(): Promise<void> {
    await Promise.all([this.painting.destroy(), this.inspecting.destroy()]);
  }
}

function pool(worker: string, task: string, threads: number, memory: number): Piscina {
  return new Piscina({
    filename: compiled(worker),
    name: task,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: IDLE_TIMEOUT,
    // A waiting thread must keep its event loop running, or it never gives native memory back.
    atomics: 'disabled',
    resourceLimits: { maxOldGenerationSizeMb: memory, maxYoungGenerationSizeMb: 64 },
    // The threads' whole environment: without the machine's fonts every machine draws the same picture.
    env: { DISABLE_SYSTEM_FONTS_LOAD: '1' },
  });
}

/**
 * A thread runs compiled JavaScript. Where this file itself is run from its source (in tests, which transform it), the
 * thread takes the program that `tsc -p tsconfig.build.json` left in `dist`.
 */
function compiled(worker: string): string {
  const sibling = join(__dirname, `${worker}.js`);
  if (existsSync(sibling)) return sibling;
  const marker = `${sep}src${sep}`;
  const root = __dirname.lastIndexOf(marker);
  return join(__dirname.slice(0, root), 'dist', __dirname.slice(root + marker.length), `${worker}.js`);
}
