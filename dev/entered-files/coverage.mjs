// @ts-check
import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {Map<string, number>} EnteredFiles how many functions were entered, by their file below dist/ */

/** The getters by which the compiler exports what a file has: an import that reads them enters nothing of ours. */
const EXPORTS = /^(?:_export\(exports, \{|Object\.defineProperty\(exports, "(?!__esModule)).*?^\}\);$/ms;

/** Counts which of our own functions are entered from one moment to the next. */
export class Coverage {
  #session = new Session();
  /** @type {Map<string, number>} where our own code begins, by file */
  #starts = new Map();
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
        if (file === undefined) continue;
        const start = this.#startOf(file);
        const count = functions.filter(
          ({ ranges: [range] }) => range && range.count > 0 && range.startOffset > start,
        ).length;
        if (count > 0) entered.set(file, count);
      }
    });
    return entered;
  }

  stop() {
    this.#session.disconnect();
  }

  /** @param {string} file @returns {number} */
  #startOf(file) {
    const known = this.#starts.get(file);
    if (known !== undefined) return known;
    const { 0: getters = '', index = 0 } = EXPORTS.exec(readFileSync(join(this.#folder, file), 'utf8')) ?? {};
    this.#starts.set(file, index + getters.length);
    return index + getters.length;
  }

  /** @param {string} url @returns {string | undefined} */
  #ownFile(url) {
    const file = relative(this.#folder, url.startsWith('file:') ? fileURLToPath(url) : url);
    const isOwn = file.endsWith('.js') && !file.startsWith('..') && !file.includes('/generated/');
    return isOwn ? file : undefined;
  }
}
