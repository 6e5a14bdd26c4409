// @ts-check
import { Session } from 'node:inspector';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {Map<string, number>} EnteredFiles how many functions were entered, by their file below dist/ */

/** Counts which of our own functions are entered from one moment to the next. */
export class Coverage {
  #session = new Session();
  #folder;

  /** @param {string} folder where our own code is */
  constructor(folder) {
    this.#folder = folder;
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  }

  /** @returns {EnteredFiles} what was entered since the last call */
  take() {
    /** @type {EnteredFiles} */
    const entered = new Map();
    // In its own process a session answers before `post` returns.
    this.#session.post('Profiler.takePreciseCoverage', (_error, { result }) => {
      for (const { url, functions } of result) {
        const file = this.#ownFile(url);
        const count = functions.filter(({ ranges: [range] }) => (range?.count ?? 0) > 0).length;
        if (file !== undefined && count > 0) entered.set(file, count);
      }
    });
    return entered;
  }

  stop() {
    this.#session.disconnect();
  }

  /** @param {string} url @returns {string | undefined} */
  #ownFile(url) {
    const file = relative(this.#folder, url.startsWith('file:') ? fileURLToPath(url) : url);
    const isOwn = file.endsWith('.js') && !file.startsWith('..') && !file.includes('/generated/');
    return isOwn ? file : undefined;
  }
}
