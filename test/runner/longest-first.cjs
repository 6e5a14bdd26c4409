// The order in which jest starts test files: the longest first, so that no worker is left with one at the end.
const { default: TestSequencer } = require('@jest/test-sequencer');

/** Seconds that the longest files take, roughly; a machine that has run them before knows better. */
const KNOWN_SECONDS = new Map(
  Object.entries({
    'faults/schedule-slots': 40,
    'contracts/s3-storage': 33,
    'faults/data-workers': 28,
    'faults/one-time-faults': 28,
    'faults/killed-service': 21,
    'e2e/schedule-runs': 21,
    'faults/killed-workers': 20,
    'e2e/large-event': 19,
    'e2e/one-time-download': 16,
    'e2e/retention-s3': 15,
    'faults/delivery-workers': 14,
    'golden/golden-pictures': 12,
    'e2e/one-time-hostile': 20,
    'e2e/customer-program': 20,
    'faults/data-cancelling': 19,
    'faults/shutdown': 18,
    'e2e/storage-sweep': 17,
    'faults/poison': 16,
    'formats/zip': 15,
    'faults/cancelling': 15,
    'upgrade/upgrade': 14,
    'recurrence/recurrence': 13,
    'faults/data-streaming': 12,
    'faults/deliveries': 11,
    'faults/paused-worker': 11,
    'faults/data-shutdown': 11,
  }),
);

module.exports = class LongestFirst extends TestSequencer {
  sort(tests) {
    const seconds = new Map(tests.map((test) => [test, this.#secondsOf(test)]));
    return [...tests].sort((one, other) => seconds.get(other) - seconds.get(one));
  }

  #secondsOf(test) {
    const measured = this._getCache(test)[test.path]?.[1];
    if (measured !== undefined) return measured / 1000;
    for (const [name, seconds] of KNOWN_SECONDS) if (test.path.endsWith(`${name}.spec.ts`)) return seconds;
    return /\/test\/e2e\//.test(test.path) ? 5 : 1;
  }
};
