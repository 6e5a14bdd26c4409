import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { Logger } from '@nestjs/common';
import { Piscina } from 'piscina';
import { ImageProcesses } from '../../../platform/images/image-processes';
import { onAbort } from '../../../platform/async';
import type { Drawing } from '../../../formats';
import type { AssetLoader } from '../../model/board/asset-loader';
import { threadEnd } from './drawing-errors';
import type { DrawingMeasure } from '../../model/domain/drawing-budget';
import { measureState } from '../../model/domain/drawing-measure';
import type { Picture } from '../../model/domain/picture';
import {
  BoardRenderer,
  type BoardToDraw,
  type BoardToRead,
  type DrawingPurpose,
} from '../../model/domain/interfaces/board-renderer';
import { DrawingCapacity } from './drawing-capacity';
import type { DrawingTask, MeasuringTask } from './drawing-protocol';
import { FairSlots, type ReleaseSlot } from './fair-slots';
import { LargePageTurn } from './large-page-turn';
import { ThreadDrawing } from './thread-drawing';

export interface BoardPainterOptions {
  /** How many exports are drawn at once; others wait for a thread. */
  readonly threads: number;
  readonly assets: AssetLoader;
  /** Where images are decoded; processes of its own by default. */
  readonly images?: ImageProcesses;
  /** How long the drawing of an export may take, as it is estimated and then in fact, in seconds; 60 by default. */
  readonly budgetSeconds?: number;
  /** How long one page of an export may take before its drawing fails, in milliseconds; 30 s by default. */
  readonly pageTimeout?: number;
  /** How deeply the JSON of a board may be nested; 64 by default. */
  readonly maxDepth?: number;
  /** How much memory the objects of one board may take, in megabytes; 1024 by default. */
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
  /** Called when the thread has ended the drawing. */
  readonly release: ReleaseSlot;
}

const logger = new Logger('BoardPainter');

const DEFAULT_MAX_DEPTH = 64;
const DEFAULT_THREAD_MEMORY_MB = 1024;
const DEFAULT_BUDGET_SECONDS = 60;
const DEFAULT_PAGE_TIMEOUT_MS = 30_000;
/** Somebody waits for a thumbnail. */
const THUMBNAIL_SECONDS = 10;
/** Below this size reading a board takes less time than reaching another thread. */
const SMALL_BOARD_BYTES = 32 * 1024;

const OWN_PROCESSES = { processes: 2, memoryMb: 512 };
/** Only an image has an address: the process that decodes it starts while the thread reads the board. */
const IMAGE_FIELDS = ['"src"', '"url"'];

/** Long enough for the next export of a lesson to find its thread warm, short enough not to hold memory for nothing. */
const IDLE_TIMEOUT = 15_000;

/** Draws boards in threads of their own, so that nothing blocks the event loop. */
export class BoardPainter extends BoardRenderer {
  private readonly painting: Piscina;
  private readonly measuring: Piscina;
  private readonly images: ImageProcesses;
  private readonly capacity: DrawingCapacity;
  private readonly largePages = new FairSlots({ slots: 1, perAccount: 1 });
  private readonly measuringSlots = new FairSlots({ slots: 1, perAccount: 1 });

  constructor(private readonly options: BoardPainterOptions) {
    super();
    this.images = options.images ?? new ImageProcesses(OWN_PROCESSES);
    this.capacity = new DrawingCapacity(options.threads);
    const memory = options.threadMemory ?? DEFAULT_THREAD_MEMORY_MB;
    this.painting = pool('drawing.worker', 'draw', {
      threads: this.capacity.threads,
      memory,
      idleTimeout: IDLE_TIMEOUT,
    });
    // A request must not wait until others are drawn. What the thread has taken is given back when it ends.
    this.measuring = pool('measuring.worker', 'measure', { threads: 1, memory, idleTimeout: 0 });
  }

  /**
   * Waits for a thread, reads a board in it and gets ready to draw it. The thread is kept until the drawing is drawn, its
   * loop is left, or `signal` aborts: one of them has to happen.
   * @throws MalformedStateError, PageNotFoundError, BoardTooLargeError, BoardTooDeepError, DrawingTooLargeError,
   *   BoardTooComplexError, DrawingFailedError, DomainError limit, the signal's reason
   */
  override async open(board: BoardToDraw, picture: Picture, signal: AbortSignal): Promise<Drawing> {
    const { account, purpose } = board;
    const release = await this.capacity.acquire(purpose, account, signal);
    try {
      const state = await board.readState();
      signal.throwIfAborted();
      return await this.openInThread(state, picture, { account, signal, release, ...this.limitsOf(purpose) });
    } catch (error) {
      release();
      throw error;
    }
  }

  /**
   * Reads a board in a thread and estimates how long it takes to draw.
   * @throws the signal's reason, or what `readState` throws
   */
  override async measure(board: BoardToRead, picture: Picture, signal: AbortSignal): Promise<DrawingMeasure | null> {
    const release = await this.measuringSlots.acquire({ account: board.account, signal, urgent: false });
    try {
      const state = ownMemory(await board.readState());
      const { maxDepth } = this;
      if (state.byteLength <= SMALL_BOARD_BYTES) return measureState(state, picture, maxDepth);
      const task: MeasuringTask = { state, maxDepth, picture };
      const measured = this.measuring.run(task, { transferList: [state.buffer] });
      // A board whose reading ends its thread cannot be drawn either.
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
    state: Uint8Array,
    picture: Picture,
    { account, signal, release, budgetSeconds, pageTimeout }: Opening,
  ): Promise<Drawing> {
    if (hasImages(state)) this.images.warmUp();
    const { port1, port2 } = new MessageChannel();
    const killing = new AbortController();
    const bytes = ownMemory(state);
    const task: DrawingTask = { port: port2, state: bytes, maxDepth: this.maxDepth, picture, budgetSeconds };
    const running = this.painting.run(task, { transferList: [port2, bytes.buffer], signal: killing.signal });
    const ended: Promise<void> = running.then(undefined, (error: unknown) => {
      replaceEndedThread(this.painting);
      throw threadEnd(error);
    });
    const kill = () => {
      killing.abort();
    };
    // A signal may outlive many drawings: none leaves a listener behind.
    const settled = ended.catch(() => null);
    const stopKilling = onAbort(signal, kill);
    const largePage = new LargePageTurn(this.largePages, account);
    void settled.finally(() => {
      stopKilling();
      largePage.end();
      release();
    });
    const { assets } = this.options;
    const images = this.images.openSession();
    const timeout = budgetSeconds * 1000;
    const options = { assets, images, largePage, pageTimeout, timeout, signal, kill, ended };
    const drawing = await ThreadDrawing.open(port1, options);
    // From here on the thread has a canvas, and is asked to end.
    stopKilling();
    void settled.finally(onAbort(signal, drawing.leave));
    if (signal.aborted) drawing.leave();
    return drawing;
  }

  /** Called by Nest when running exports have ended or were handed back: ends the threads and what they are drawing. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.painting.destroy(), this.measuring.destroy()]);
    // Processes that it was given are ended by their owner.
    if (!this.options.images) await this.images.close();
  }
}

/** A small buffer is part of memory that others use too, and cannot be handed over. */
function ownMemory(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const isWhole = bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength;
  return isWhole ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}

function hasImages(state: Uint8Array): boolean {
  const bytes = Buffer.from(state.buffer, state.byteOffset, state.byteLength);
  return IMAGE_FIELDS.some((field) => bytes.includes(field));
}

function pool(
  worker: string,
  task: string,
  { threads, memory, idleTimeout }: { threads: number; memory: number; idleTimeout: number },
): Piscina {
  const created = new Piscina({
    filename: join(builtFolder(), `${worker}.js`),
    name: task,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout,
    // A waiting thread must keep its event loop running, or it never gives native memory back.
    atomics: 'disabled',
    resourceLimits: { maxOldGenerationSizeMb: memory, maxYoungGenerationSizeMb: 32 },
    // The threads' whole environment: without the machine's fonts every machine draws the same picture.
    env: { DISABLE_SYSTEM_FONTS_LOAD: '1' },
  });
  // A thread may break down after its task was given up. Unheard, that would end the process.
  created.on('error', (error: Error) => {
    logger.warn('A drawing thread broke down', { reason: error.message });
  });
  return created;
}

/**
 * A pool that lost its thread to an abort or a crash starts another one only for a new task: those that wait already would
 * wait for ever. So it gets one, which is taken back at once.
 */
function replaceEndedThread(threads: Piscina): void {
  if (threads.queueSize === 0) return;
  const asking = new AbortController();
  threads.run(null, { signal: asking.signal }).catch(() => null);
  asking.abort();
}

/**
 * The folder of the threads' programs, and of the files that belong to them. It is this file's own, unless this file runs
 * in a bundle, or from its source: then the build has left it in `dist`.
 */
function builtFolder(): string {
  const path = 'solo/infrastructure/drawing';
  const places = [__dirname, join(__dirname, path), join(__dirname, '../../../../dist', path)];
  const built = places.find((place) => existsSync(join(place, 'drawing.worker.js')));
  if (built === undefined) throw new Error('The drawing threads are not there: `npm run build` makes them');
  return built;
}
