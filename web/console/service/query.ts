import { onScopeDispose, readonly, ref, type Ref, shallowRef, watch, type WatchSource } from 'vue';
import { type Obstacle, toObstacle } from '../../shared/obstacle';
import { reportRefusal, session } from '../session/session';

const FIRST_DELAY_MS = 1000;
const MAX_DELAY_MS = 30_000;

/** Why a request is not answered for now, and when it is repeated. Null where only the user can help, by signing in. */
export interface Wait {
  readonly cause: Obstacle['cause'];
  /** In milliseconds since 1970. */
  readonly retryAt: number | null;
}

/** Something that a page shows, and how far it is loaded. What was loaded before stays while it is loaded again. */
export interface Query<Data> {
  readonly data: Readonly<Ref<Data | undefined>>;
  readonly isLoading: Readonly<Ref<boolean>>;
  /** An error that does not pass by itself. */
  readonly error: Readonly<Ref<unknown>>;
  readonly wait: Readonly<Ref<Wait | null>>;
  /** Loads again, at once. */
  reload(): void;
  /** Replaces the data, such as by the answer of a change. */
  set(data: Data): void;
}

/**
 * Loads now, and again whenever a dependency changes. Obstacles that pass are waited out: a service that restarts, a rate
 * limit, a lost network, a token that the user must renew.
 */
export function useQuery<Data>(load: (signal: AbortSignal) => Promise<Data>, dependencies?: WatchSource): Query<Data> {
  const data = shallowRef<Data>();
  const isLoading = ref(false);
  const error = shallowRef<unknown>();
  const wait = shallowRef<Wait | null>(null);
  let run = new AbortController();

  async function start(): Promise<void> {
    run.abort();
    run = new AbortController();
    const { signal } = run;
    isLoading.value = true;
    try {
      const loaded = await untilAnswered(
        () => load(signal),
        signal,
        (waiting) => (wait.value = waiting),
      );
      data.value = loaded;
      error.value = undefined;
    } catch (reason) {
      if (signal.aborted) return;
      error.value = reason;
    }
    if (run.signal === signal) isLoading.value = false;
  }

  if (dependencies) watch(dependencies, () => void start(), { deep: true });
  onScopeDispose(() => {
    run.abort();
  });
  void start();
  return {
    data,
    isLoading: readonly(isLoading),
    error,
    wait,
    reload: () => void start(),
    set: (value) => {
      data.value = value;
    },
  };
}

/**
 * Repeats a request until the service answers it.
 * @throws what does not pass by itself, or the reason of the signal
 */
export async function untilAnswered<Data>(
  request: () => Promise<Data>,
  signal: AbortSignal,
  report: (wait: Wait | null) => void,
): Promise<Data> {
  for (let failures = 0; ; failures += 1) {
    try {
      const answer = await request();
      signal.throwIfAborted();
      report(null);
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      const obstacle = toObstacle(error, navigator.onLine);
      if (!obstacle) {
        report(null);
        throw error;
      }
      if (obstacle.cause === 'sign-in') reportRefusal();
      const delayMs = delayAfter(obstacle, failures);
      report({ cause: obstacle.cause, retryAt: delayMs === null ? null : Date.now() + delayMs });
      await passes(delayMs, signal);
    }
  }
}

function delayAfter({ cause, seconds }: Obstacle, failures: number): number | null {
  if (cause === 'sign-in') return null;
  return seconds === undefined ? Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** failures) : Math.max(1, seconds) * 1000;
}

const wakers = new Set<() => void>();

/** Ends all waits at once: the network is back, the user signed in, or wants to try now. */
export function tryNow(): void {
  for (const wake of [...wakers]) wake();
}

addEventListener('online', tryNow);
watch(() => session.token, tryNow, { flush: 'post' });

/** @throws the reason of the signal */
async function passes(delayMs: number | null, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wake = (): void => undefined;
  try {
    await new Promise<void>((resolve) => {
      wake = resolve;
      wakers.add(wake);
      signal.addEventListener('abort', wake, { once: true });
      if (delayMs !== null) timer = setTimeout(resolve, delayMs);
    });
    signal.throwIfAborted();
  } finally {
    clearTimeout(timer);
    wakers.delete(wake);
    signal.removeEventListener('abort', wake);
  }
}
