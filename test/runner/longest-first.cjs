// The order in which jest starts test files: the longest first, so that no worker is left with one at the end.
const { default: TestSequencer } = require('@jest/test-sequencer');

/** Seconds that the longest files take, roughly; a machine that has run them before knows better. */
const KNOWN_SECONDS = new Map(
  Object.entries({
    'faults/parts': 100,
    'browser/export-button': 45,
    'browser/console-exports': 40,
    'browser/console-administration': 22,
    'browser/console-new-export': 20,
    'browser/console-boards-events': 28,
    'browser/console-schedules': 22,
    'browser/console-sign-in': 12,
    'golden/board-painter': 30,
    'golden/svg-pictures': 12,
    'contracts/s3-storage': 50,
    'contracts/sftp-destination': 37,
    'faults/one-time-faults': 37,
    'faults/schedule-slots': 35,
    'faults/data-workers': 33,
    'e2e/large-event': 24,
    'faults/killed-workers': 23,
    'faults/killed-service': 21,
    'e2e/audit-program': 20,
    'e2e/one-time-hostile': 20,
    'faults/delivery-workers': 19,
    'faults/data-streaming': 18,
    'e2e/one-time-download': 18,
    'faults/data-cancelling': 18,
    'e2e/storage-sweep': 17,
    'security/hostile-bodies-memory': 16,
    'e2e/retention': 15,
    'e2e/retention-s3': 15,
    'formats/zip': 15,
    'e2e/command-line': 15,
    'faults/cancelling': 15,
    'formats/table-failures': 15,
    'e2e/sdk': 15,
    'faults/shutdown': 14,
    'security/hostile-images': 14,
    'faults/queue-lost-redis': 14,
    'formats/failures': 14,
    'contracts/bucket-destination-planning': 13,
    'e2e/event-results': 13,
    'e2e/schedule-runs': 12,
    'faults/poison': 12,
    'contracts/postgres-queue': 12,
    'upgrade/upgrade': 12,
    'contracts/disk-storage': 11,
    'faults/database-lost': 11,
    'golden/golden-pictures': 11,
    'faults/deliveries': 11,
    'recurrence/recurrence': 9,
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
