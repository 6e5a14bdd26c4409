// The order in which jest starts test files: the longest first, so that no worker is left with one at the end.
const { default: TestSequencer } = require('@jest/test-sequencer');

/** Seconds that the longest files take, roughly; a machine that has run them before knows better. */
const KNOWN_SECONDS = new Map([]);

module.exports = class LongestFirst extends TestSequencer {
  sort(tests) {
    const seconds = new Map(tests.map((test) => [test, this.#secondsOf(test)]));
    return [...tests].sort((one, other) => seconds.get(other) - seconds.get(one));
  }

  #secondsOf(test) {
    const measured = this._getCache(test)[test.path]?.[1];
    if (measured !== undefined) return measured / 1000;
    for (const [ending, seconds] of KNOWN_SECONDS) if (test.path.endsWith(ending)) return seconds;
    return /\/test\/e2e\//.test(test.path) ? 5 : 1;
  }
};
