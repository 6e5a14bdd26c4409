// @ts-check

class InterruptedError extends Error {}

/**
 * What a program started: stopped in the opposite order, once, however the program ends. Ctrl-C ends it at any moment,
 * also while something is only just starting.
 */
export class Belongings {
  /** @type {(() => Promise<void>)[]} */
  #stops = [];
  /** @type {Promise<void> | undefined} */
  #ended;

  /**
   * @template T
   * @param {() => T | Promise<T>} start
   * @param {(started: T) => unknown} stop
   * @returns {Promise<T>}
   */
  async start(start, stop) {
    if (this.#ended) throw new InterruptedError();
    const starting = Promise.resolve().then(start);
    this.#stops.unshift(async () => {
      const started = await starting.catch(() => undefined);
      if (started !== undefined) await stop(started);
    });
    const started = await starting;
    // Who is being stopped goes no further.
    if (this.#ended) throw new InterruptedError();
    return started;
  }

  /** Stops everything; what still starts is waited for. */
  stopAll() {
    this.#ended ??= (async () => {
      for (const stop of this.#stops) {
        await stop().catch((error) => console.error(error instanceof Error ? error.message : error));
      }
    })();
    return this.#ended;
  }
}

/**
 * Runs a program, and stops afterwards what it started.
 * @param {(belongings: Belongings) => Promise<number>} program gives the exit code
 */
export async function runProgram(program) {
  const belongings = new Belongings();
  const interrupted = new Promise((_, reject) => {
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.on(signal, () => reject(new InterruptedError()));
    }
  });
  let lastWords = '';
  try {
    process.exitCode = /** @type {number} */ (await Promise.race([program(belongings), interrupted]));
  } catch (error) {
    const wasInterrupted = error instanceof InterruptedError;
    process.exitCode = wasInterrupted ? 130 : 1;
    lastWords = wasInterrupted ? 'Stopped.' : error instanceof Error ? error.message : String(error);
  }
  await belongings.stopAll();
  if (lastWords) console.error(`\n${lastWords}\n`);
  // What the program was in the middle of when it was interrupted must not hold it up.
  process.exit();
}
