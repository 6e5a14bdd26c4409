// @ts-check

class InterruptedError extends Error {}

/**
 * Stops the resources of a program in reverse order, once, however the program ends. Ctrl-C works at any time, even while a
 * resource is still starting.
 */
export class ResourceStack {
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
    // The program was interrupted during the start.
    if (this.#ended) throw new InterruptedError();
    return started;
  }

  /** Stops everything, after waiting for starts that are under way. */
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
 * Runs a program, then stops the resources that it started.
 * @param {(resources: ResourceStack) => Promise<number>} program returns the exit code
 */
export async function runProgram(program) {
  const resources = new ResourceStack();
  const interrupted = new Promise((_, reject) => {
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.on(signal, () => reject(new InterruptedError()));
    }
  });
  let message = '';
  try {
    process.exitCode = /** @type {number} */ (await Promise.race([program(resources), interrupted]));
  } catch (error) {
    const wasInterrupted = error instanceof InterruptedError;
    process.exitCode = wasInterrupted ? 130 : 1;
    message = wasInterrupted ? 'Stopped.' : error instanceof Error ? error.message : String(error);
  }
  await resources.stopAll();
  if (message) console.error(`\n${message}\n`);
  // An interrupted program may have open handles.
  process.exit();
}
