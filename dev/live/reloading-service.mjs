// @ts-check
import { startService } from '../service/service.mjs';

/** @typedef {import('../service/service.mjs').Service} Service */

/** The service, which can be restarted on the same port. */
export class ReloadingService {
  #options;
  #say;
  /** @type {Service | undefined} */
  #service;
  /** @type {Promise<void>} */
  #turn = Promise.resolve();
  #isStale = false;
  #isOver = false;

  /**
   * @param {Parameters<typeof startService>[0]} options
   * @param {(line: string) => void} say
   */
  constructor(options, say) {
    this.#options = options;
    this.#say = say;
  }

  start() {
    const starting = this.#launch();
    // A concurrent stop waits for it.
    this.#turn = starting.then(
      () => {},
      () => {},
    );
    return starting;
  }

  async #launch() {
    const service = await startService(this.#options);
    this.#service = service;
    void service.ended.then((how) => {
      if (this.#service === service) this.#say(`The service ${how}. It starts again at the next change.`);
    });
    return service;
  }

  /** Once for all changes that come while an earlier restart is under way. */
  restart() {
    if (this.#isStale) return;
    this.#isStale = true;
    this.#turn = this.#turn.then(() => this.#replace());
  }

  async stop() {
    this.#isOver = true;
    await this.#turn;
    await this.#end();
  }

  async #replace() {
    this.#isStale = false;
    if (this.#isOver) return;
    this.#say('Restarting …');
    const startedAt = Date.now();
    await this.#end();
    try {
      await this.#launch();
      this.#say(`Ready again after ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
    } catch (error) {
      this.#say(`${error instanceof Error ? error.message : error}\nIt starts again at the next change.`);
    }
  }

  async #end() {
    const service = this.#service;
    this.#service = undefined;
    await service?.stop();
  }
}
