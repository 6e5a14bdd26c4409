import { type Obstacle, toObstacle } from '../shared/obstacle';

/** An export as the service shows it, as far as the button needs it. */
export interface ExportRecord {
  readonly id: string;
  readonly status: string;
  readonly progress: ExportProgress;
  readonly file_url: string | null;
  readonly file_name: string | null;
  readonly file_size: number | null;
  readonly one_time: boolean;
}

export interface ExportProgress {
  /** Null while the total is unknown. */
  readonly percent: number | null;
  readonly done: number;
  readonly total: number | null;
  readonly unit: 'pages' | 'rows' | null;
}

/** What the button asks of the service. Each call fails with an error of the client. */
export interface ExportApi {
  create(format: string, idempotencyKey: string): Promise<ExportRecord>;
  /** Ends with the completed export, or with the reason why there is none. */
  follow(id: string, onProgress: (record: ExportRecord) => void, signal: AbortSignal): Promise<ExportRecord>;
  cancel(id: string): Promise<void>;
  /** The record with a fresh link. Fails if that would not lead to the file. */
  locate(id: string): Promise<ExportRecord & { readonly file_url: string }>;
  /** The next call gets a new token from the page. */
  renewToken(): void;
}

/** What a reload must not lose. */
export interface SavedExport {
  readonly format: string;
  readonly key: string;
  readonly id?: string | undefined;
}

/** Where the task runs: a browser, or a test. */
export interface TaskEnvironment {
  readonly api: ExportApi;
  readonly saved: { load(): SavedExport | null; save(saved: SavedExport): void; clear(): void };
  /** Starts the browser's download of a signed link. */
  open(url: string): void;
  isOnline(): boolean;
  now(): number;
  wait(milliseconds: number): Promise<void>;
  newKey(): string;
  changed(state: TaskState): void;
  /** Tells the page. @returns whether the button goes on by itself */
  notify(
    event: 'export-started' | 'export-completed' | 'export-failed',
    detail: { readonly format: string; readonly export?: ExportRecord; readonly error?: unknown },
  ): boolean;
}

export type TaskState =
  | { readonly name: 'idle' }
  | { readonly name: 'starting'; readonly format: string }
  | { readonly name: 'working'; readonly format: string; readonly record: ExportRecord }
  /** An obstacle that goes away by itself, or when the user signs in. `retryAt` is null where only the page can help. */
  | {
      readonly name: 'waiting';
      readonly format: string;
      readonly cause: Obstacle['cause'];
      readonly retryAt: number | null;
    }
  /** A one-time file waits for the user. */
  | { readonly name: 'ready'; readonly format: string; readonly record: ExportRecord }
  | { readonly name: 'opening'; readonly format: string; readonly record: ExportRecord }
  | { readonly name: 'done'; readonly format: string; readonly record: ExportRecord }
  | { readonly name: 'cancelling'; readonly format: string }
  | { readonly name: 'cancelled'; readonly format: string }
  | { readonly name: 'failed'; readonly format: string; readonly error: unknown };

const MAX_BACKOFF_MS = 30_000;
/** What an export answers that is no longer there to cancel. */
const ENDED = [404, 409, 410];

/**
 * One export from the user's choice to the file: creates it once, follows it, waits out what passes, and survives a reload.
 */
export class ExportTask {
  state: TaskState = { name: 'idle' };
  private current: SavedExport | null = null;
  private run = new AbortController();
  private failures = 0;
  private isCancelling = false;
  private endWait: (() => void) | undefined;

  constructor(private readonly environment: TaskEnvironment) {}

  start(format: string): void {
    this.begin({ format, key: this.environment.newKey() });
  }

  /** Goes on with what was under way before the page was loaded again. */
  resume(): void {
    const saved = this.environment.saved.load();
    if (saved) this.begin(saved);
  }

  /** Repeats what failed as a new export. */
  repeat(): void {
    if ('format' in this.state) this.start(this.state.format);
  }

  /** Ends a wait at once: the network is back, or the user signed in. */
  wake(): void {
    this.endWait?.();
  }

  /** Downloads the file of a completed export. */
  download(): void {
    const { state } = this;
    if (state.name === 'ready' || state.name === 'done') {
      void this.perform(state.format, (signal) => this.openFile(state.format, state.record.id, signal));
    }
  }

  /** Cancels the export, also one whose creation was not confirmed yet. A second call no longer waits for the service. */
  cancel(): void {
    const { current } = this;
    if (!current || this.isCancelling) {
      this.reset();
      return;
    }
    this.isCancelling = true;
    this.set({ name: 'cancelling', format: current.format });
    void this.perform(current.format, async (signal) => {
      await this.cancelRemotely(current, signal);
      this.forget();
      this.set({ name: 'cancelled', format: current.format });
    });
  }

  /** Back to the choice of a format. */
  reset(): void {
    this.stop();
    this.forget();
    this.set({ name: 'idle' });
  }

  /** Ends all work of this page and keeps what a later page needs to go on. */
  stop(): void {
    this.run.abort();
    this.endWait?.();
  }

  private begin(saved: SavedExport): void {
    this.current = saved;
    this.environment.saved.save(saved);
    this.set({ name: 'starting', format: saved.format });
    void this.perform(saved.format, (signal) => this.produce(saved, signal));
  }

  private async perform(format: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.stop();
    this.run = new AbortController();
    const { signal } = this.run;
    this.failures = 0;
    try {
      await work(signal);
    } catch (error) {
      if (signal.aborted) return;
      this.forget();
      this.set({ name: 'failed', format, error });
      this.environment.notify('export-failed', { format, error });
    }
  }

  private async produce(saved: SavedExport, signal: AbortSignal): Promise<void> {
    const { api } = this.environment;
    const { format, key } = saved;
    let { id } = saved;
    if (id === undefined) {
      const created = await this.insist(() => api.create(format, key), signal);
      ({ id } = created);
      this.remember({ format, key, id });
      this.environment.notify('export-started', { format, export: created });
    }
    const exportId = id;
    const completed = await this.insist(() => this.follow(format, exportId, signal), signal);
    // A page loaded again after the one-time file was downloaded.
    if (completed.file_url === null) this.reset();
    else if (!this.environment.notify('export-completed', { format, export: completed }))
      this.finish(format, completed);
    else if (completed.one_time) this.set({ name: 'ready', format, record: completed });
    else await this.openFile(format, exportId, signal);
  }

  private follow(format: string, id: string, signal: AbortSignal): Promise<ExportRecord> {
    const onProgress = (record: ExportRecord): void => {
      if (signal.aborted) return;
      this.failures = 0;
      this.set({ name: 'working', format, record });
    };
    return this.environment.api.follow(id, onProgress, signal);
  }

  private async openFile(format: string, id: string, signal: AbortSignal): Promise<void> {
    const { api } = this.environment;
    const record = await this.insist(() => api.locate(id), signal);
    this.set({ name: 'opening', format, record });
    this.environment.open(record.file_url);
    this.finish(format, record);
  }

  private finish(format: string, record: ExportRecord): void {
    this.forget();
    this.set({ name: 'done', format, record });
  }

  private async cancelRemotely(saved: SavedExport, signal: AbortSignal): Promise<void> {
    const { api } = this.environment;
    try {
      // The same key finds the export, if an earlier request created it.
      const id = saved.id ?? (await this.insist(() => api.create(saved.format, saved.key), signal)).id;
      await this.insist(() => api.cancel(id), signal);
    } catch (error) {
      const { status } = error as { status?: number };
      if (status === undefined || !ENDED.includes(status)) throw error;
    }
  }

  /** Repeats a request until the service answers it, however long that takes. */
  private async insist<Result>(request: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    let isTokenNew = false;
    for (;;) {
      try {
        const result = await request();
        signal.throwIfAborted();
        this.failures = 0;
        return result;
      } catch (error) {
        signal.throwIfAborted();
        const obstacle = toObstacle(error, this.environment.isOnline());
        if (!obstacle) throw error;
        const isFirstRefusal = obstacle.cause === 'sign-in' && !isTokenNew;
        if (!isFirstRefusal) await this.waitOut(obstacle, signal);
        if (obstacle.cause === 'sign-in') this.environment.api.renewToken();
        isTokenNew = obstacle.cause === 'sign-in';
      }
    }
  }

  private async waitOut({ cause, seconds }: Obstacle, signal: AbortSignal): Promise<void> {
    const { state, environment } = this;
    const format = 'format' in state ? state.format : '';
    const backoff = Math.min(MAX_BACKOFF_MS, 1000 * 2 ** this.failures);
    this.failures += 1;
    const milliseconds = cause === 'sign-in' ? null : (seconds ?? 0) * 1000 || backoff;
    const retryAt = milliseconds === null ? null : environment.now() + milliseconds;
    this.set({ name: 'waiting', format, cause, retryAt });
    const woken = new Promise<void>((resolve) => (this.endWait = resolve));
    await (milliseconds === null ? woken : Promise.race([woken, environment.wait(milliseconds)]));
    this.endWait = undefined;
    signal.throwIfAborted();
    this.set(state);
  }

  private remember(saved: SavedExport): void {
    this.current = saved;
    this.environment.saved.save(saved);
  }

  private forget(): void {
    this.current = null;
    this.isCancelling = false;
    this.environment.saved.clear();
  }

  private set(state: TaskState): void {
    this.state = state;
    this.environment.changed(state);
  }
}
