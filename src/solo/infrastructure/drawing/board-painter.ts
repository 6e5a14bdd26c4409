import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { Logger } from '@nestjs/common';
import { Piscina } from 'piscina';
import { ImageProcesses } from '../../../platform/images/image-processes';
import { onAbort } from '../../../platform/async';
import type { Drawing } from '../../../formats';
import type { AssetLoader } from '../../model/domain/interfaces/asset-loader';
import { type DrawingMeasure, measureState } from '../../model/domain/drawing-budget';
import type { Picture } from '../../model/domain/picture';
import {
  BoardRenderer,
  type BoardToDraw,
  type BoardToRead,
  type DrawingPurpose,
} from '../../model/domain/interfaces/board-renderer';
import type { BusyThreads } from './busy-threads';
import { DrawingCapacity, LargePagePermit } from './drawing-capacity';
import { toThreadError } from './drawing-errors';
import type { DrawingTask, MeasuringTask } from './drawing-protocol';
import { FairSlots, type ReleaseSlot } from './fair-slots';
import { type DrawingHelpers, MIN_PAGES_TO_HELP } from './page-scheduler';
import { DrawingWarnings, ThreadDrawing } from './thread-drawing';

export interface BoardPainterOptions {
  /** The maximum number of exports that are drawn at once; others wait for a thread. */
  readonly threads: number;
  /** The busy drawing threads of the process, for which free ones may help. Without it, no thread helps another. */
  readonly busy?: BusyThreads;
  readonly assets: AssetLoader;
  /** The processes that decode images; the painter starts its own by default. */
  readonly images?: ImageProcesses;
  /** The maximum estimated and actual drawing time of an export, in seconds; 60 by default. */
  readonly budgetSeconds?: number;
  /** The maximum drawing time of one page of an export, in milliseconds; 30 s by default. */
  readonly pageTimeout?: number;
  /** The maximum nesting of a board's JSON; 64 by default. */
  readonly maxDepth?: number;
  /** The maximum heap of one thread, in megabytes; 1024 by default. */
  readonly threadMemory?: number;
}

interface DrawingLimits {
  readonly budgetSeconds: number;
  /** Milliseconds. */
  readonly pageTimeout: number;
}

interface Opening extends DrawingLimits {
  readonly account: string;
  readonly signal: AbortSignal;
  readonly warnings: DrawingWarnings;
  /** Frees the thread's slot. */
  readonly release: ReleaseSlot;
}

const logger = new Logger('BoardPainter');

const DEFAULT_MAX_DEPTH = 64;
const DEFAULT_THREAD_MEMORY_MB = 1024;
const DEFAULT_BUDGET_SECONDS = 60;
const DEFAULT_PAGE_TIMEOUT_MS = 30_000;
/** Shorter than for exports: the caller of a thumbnail waits for it. */
const THUMBNAIL_SECONDS = 10;
/** A smaller board is read faster than it is sent to another thread. */
const SMALL_BOARD_BYTES = 32 * 1024;

const DEFAULT_IMAGE_PROCESSES = { processes: 2, memoryMb: 512 };
/**
 * A board with one of these fields has an image: its decoding process starts while the thread reads
 * the board.
 */
const IMAGE_FIELDS = ['"src"', '"url"'];

/**
 * Long enough to reuse a thread for the next export of a lesson, short enough to free its memory.
 */
const IDLE_TIMEOUT_MS = 15_000;

/** Draws boards in worker threads, so that drawing does not block the event loop. */
export class BoardPainter extends BoardRenderer {
  private readonly painting: Piscina;
  private readonly measuring: Piscina;
  private readonly images: ImageProcesses;
  private readonly capacity: DrawingCapacity;
  private readonly largePages = new FairSlots({ slots: 1, perAccount: 1 });
  private readonly measuringSlots = new FairSlots({ slots: 1, perAccount: 1 });

  constructor(private readonly options: BoardPainterOptions) {
    super();
    this.images = options.images ?? new ImageProcesses(DEFAULT_IMAGE_PROCESSES);
    this.capacity = new DrawingCapacity(options.threads);
    const memory = options.threadMemory ?? DEFAULT_THREAD_MEMORY_MB;
    const helpers = options.busy === undefined ? 0 : options.busy.limit - 1;
    this.painting = createPool('drawing.worker', 'draw', {
      threads: this.capacity.threads + helpers,
      memory,
      idleTimeout: IDLE_TIMEOUT_MS,
    });
    // A separate pool: a request must not wait for drawings. The thread ends when idle to free its
    // memory.
    this.measuring = createPool('measuring.worker', 'measure', { threads: 1, memory, idleTimeout: 0 });
  }

  /**
   * Waits for a thread and reads a board in it. The drawing keeps the thread until it is consumed,
   * its loop is left, or `signal` aborts: the caller must do one of them.
   * @throws MalformedStateError, PageNotFoundError, BoardTooLargeError, BoardTooDeepError,
   *   DrawingTooLargeError, BoardTooComplexError, DrawingFailedError, DomainError limit, the
   *   signal's reason
   */
  override async open(board: BoardToDraw, picture: Picture, signal: AbortSignal): Promise<Drawing> {
    const { account, purpose } = board;
    const releaseSlot = await this.capacity.acquire(purpose, account, signal);
    // Thumbnails are too short for helpers to make room.
    const leave = purpose === 'export' ? this.options.busy?.enter() : undefined;
    const release = () => {
      releaseSlot();
      leave?.();
    };
    try {
      const state = toTransferable(await board.readState());
      signal.throwIfAborted();
      const warnings = new DrawingWarnings();
      const opening = { account, signal, release, warnings, ...this.limitsOf(purpose) };
      const helpers = new BoardHelpers(this.options.busy, (kept, releaseHelper) =>
        this.openInThread(kept, picture, { ...opening, release: releaseHelper }, NO_HELPERS),
      );
      const drawing = await this.openInThread(state, picture, opening, helpers);
      const kept = drawing.takeState();
      if (picture.format === 'png' && drawing.pageCount >= MIN_PAGES_TO_HELP) helpers.keepState(kept);
      return drawing;
    } catch (error) {
      release();
      throw error;
    }
  }

  /**
   * Reads a board and estimates the drawing time of a picture, in a thread when the board is not
   * small.
   * @throws the signal's reason, or what `readState` throws
   */
  override async measure(board: BoardToRead, picture: Picture, signal: AbortSignal): Promise<DrawingMeasure | null> {
    const release = await this.measuringSlots.acquire({ account: board.account, signal, urgent: false });
    try {
      const state = toTransferable(await board.readState());
      const { maxDepth } = this;
      if (state.byteLength <= SMALL_BOARD_BYTES) return measureState(state, picture, maxDepth);
      const task: MeasuringTask = { state, maxDepth, picture };
      const measured = this.measuring.run(task, { transferList: [state.buffer] });
      // A board whose parsing crashes its thread cannot be drawn either.
      return (await measured.catch(() => null)) as DrawingMeasure | null;
    } finally {
      release();
    }
  }

  private get maxDepth(): number {
    return this.options.maxDepth ?? DEFAULT_MAX_DEPTH;
  }

  private limitsOf(purpose: DrawingPurpose): DrawingLimits {
    if (purpose === 'thumbnail') return { budgetSeconds: THUMBNAIL_SECONDS, pageTimeout: THUMBNAIL_SECONDS * 1000 };
    const { budgetSeconds = DEFAULT_BUDGET_SECONDS, pageTimeout = DEFAULT_PAGE_TIMEOUT_MS } = this.options;
    return { budgetSeconds, pageTimeout };
  }

  private async openInThread(
    state: Uint8Array<ArrayBuffer>,
    picture: Picture,
    { account, signal, release, warnings, budgetSeconds, pageTimeout }: Opening,
    helpers: DrawingHelpers,
  ): Promise<ThreadDrawing> {
    if (hasImages(state)) this.images.warmUp();
    const { port1, port2 } = new MessageChannel();
    const killing = new AbortController();
    const task: DrawingTask = { port: port2, state, maxDepth: this.maxDepth, picture, budgetSeconds };
    const running = this.painting.run(task, { transferList: [port2, state.buffer], signal: killing.signal });
    const ended: Promise<void> = running.then(undefined, (error: unknown) => {
      startThreadForQueue(this.painting);
      throw toThreadError(error);
    });
    const kill = () => {
      killing.abort();
    };
    // A signal may outlive many drawings: remove the listeners.
    const settled = ended.catch(() => null);
    const stopKilling = onAbort(signal, kill);
    const largePage = new LargePagePermit(this.largePages, account);
    void settled.finally(() => {
      stopKilling();
      largePage.dispose();
      release();
    });
    const { assets } = this.options;
    const images = this.images.openSession();
    const timeout = budgetSeconds * 1000;
    const options = { assets, images, warnings, largePage, pageTimeout, timeout, signal, helpers, kill, ended };
    const drawing = await ThreadDrawing.open(port1, options);
    // From here on the thread has a canvas, and must not be terminated: stop it instead.
    stopKilling();
    void settled.finally(onAbort(signal, drawing.stop));
    if (signal.aborted) drawing.stop();
    return drawing;
  }

  /** Terminates the threads. Nest calls it after running exports have ended or were handed back. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.painting.destroy(), this.measuring.destroy()]);
    // The owner of injected processes closes them.
    if (!this.options.images) await this.images.close();
  }
}

const NO_HELPERS: DrawingHelpers = { join: () => Promise.resolve(null), isOverbooked: () => false };

/** The threads that help with a board. All read the same bytes: its owner may change the board meanwhile. */
class BoardHelpers implements DrawingHelpers {
  private state: Uint8Array<ArrayBuffer> | null = null;

  constructor(
    private readonly busy: BusyThreads | undefined,
    private readonly open: (state: Uint8Array<ArrayBuffer>, release: ReleaseSlot) => Promise<ThreadDrawing>,
  ) {}

  keepState(state: Uint8Array<ArrayBuffer> | null): void {
    this.state = state;
  }

  async join(): Promise<ThreadDrawing | null> {
    const { state } = this;
    const leave = state === null ? null : this.busy?.tryEnter();
    if (!state || !leave) return null;
    this.state = null;
    try {
      const drawing = await this.open(state, leave);
      this.state = drawing.takeState();
      return drawing;
    } catch {
      // The first thread draws on alone, and reports what is wrong with the board.
      leave();
      return null;
    }
  }

  isOverbooked(): boolean {
    return this.busy?.isOverbooked ?? false;
  }
}

/**
 * Node allocates small buffers from a shared pool, which cannot be transferred: those are copied.
 */
function toTransferable(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const isWhole = bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength;
  return isWhole ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}

function hasImages(state: Uint8Array): boolean {
  const bytes = Buffer.from(state.buffer, state.byteOffset, state.byteLength);
  return IMAGE_FIELDS.some((field) => bytes.includes(field));
}

function createPool(
  worker: string,
  task: string,
  { threads, memory, idleTimeout }: { threads: number; memory: number; idleTimeout: number },
): Piscina {
  const created = new Piscina({
    filename: join(findWorkerFolder(), `${worker}.js`),
    name: task,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout,
    // An idle thread must keep its event loop running, or it never frees native memory.
    atomics: 'disabled',
    resourceLimits: { maxOldGenerationSizeMb: memory, maxYoungGenerationSizeMb: 32 },
    // The whole environment of the threads. Without system fonts, every machine draws the same
    // picture.
    env: { DISABLE_SYSTEM_FONTS_LOAD: '1' },
  });
  // A thread may crash after its task was aborted; an unhandled error event would end the process.
  created.on('error', (error: Error) => {
    logger.warn('A drawing thread crashed', { event: 'drawing.thread_crashed', reason: error.message });
  });
  return created;
}

/**
 * After an abort or a crash, Piscina starts a new thread only for a new task, so tasks in its queue
 * would wait forever. A task that is aborted at once starts the thread.
 */
function startThreadForQueue(pool: Piscina): void {
  if (pool.queueSize === 0) return;
  const controller = new AbortController();
  pool.run(null, { signal: controller.signal }).catch(() => null);
  controller.abort();
}

/**
 * The folder of the compiled workers: this file's own, or the one in `dist` when it runs from a
 * bundle or from source.
 */
function findWorkerFolder(): string {
  const path = 'solo/infrastructure/drawing';
  const places = [__dirname, join(__dirname, path), join(__dirname, '../../../../dist', path)];
  const folder = places.find((place) => existsSync(join(place, 'drawing.worker.js')));
  if (folder === undefined) throw new Error('The drawing workers are not built: run `npm run build`');
  return folder;
}
