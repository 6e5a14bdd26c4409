import { pbkdf2, randomFill } from 'node:crypto';

/** As many as libuv has by default, and as many again that wait. */
const JOBS = 8;
const ITERATIONS = 120_000;

export interface BlockedPool {
  /** Whether work that needs the pool still waits. */
  isBlocked(): boolean;
  /** Resolves when the pool is free again. */
  readonly over: Promise<void>;
}

/** Occupies all threads of libuv's pool for a moment, as image codecs do: work that needs the pool waits meanwhile. */
export function blockThreadPool(jobCount = JOBS): BlockedPool {
  const jobs = Array.from(
    { length: jobCount },
    () =>
      new Promise<void>((resolve, reject) => {
        pbkdf2('password', 'salt', ITERATIONS, 64, 'sha512', (error) => {
          if (error) reject(error);
          else resolve();
        });
      }),
  );
  let isBlocked = true;
  const probe = new Promise<void>((resolve) => {
    randomFill(Buffer.alloc(1), () => {
      isBlocked = false;
      resolve();
    });
  });
  return { isBlocked: () => isBlocked, over: Promise.all([...jobs, probe]).then(() => undefined) };
}
