// @ts-check
// What is removed from storage, and when.

/** @type {import('../../dev/mutation/mutations.mjs').Mutation[]} */
export const files = [
  {
    name: 'expired-file-stays',
    breaks: 'the file of an expired export stays in storage, and no record names it',
    file: 'src/export/model/services/file-expiry.ts',
    search: 'new Map(await this.storage.deleteAll(single.map(({ key }) => key)))',
    replace: 'new Map(await this.storage.deleteAll(single.slice(single.length).map(({ key }) => key)))',
    tests: ['src/export/model/services/file-expiry.spec.ts'],
  },
  {
    name: 'sweep-without-grace',
    breaks: 'the sweep removes files whose record is about to be written',
    file: 'src/platform/work/orphan-file-collector.ts',
    search: '({ modifiedAt }) => modifiedAt < before',
    replace: '({ modifiedAt }) => modifiedAt !== before',
    tests: ['test/contracts/orphan-file-collector.spec.ts'],
  },
  {
    name: 'sweep-of-file-being-written',
    breaks: 'the sweep removes the file of an export that takes longer than the grace period',
    file: 'src/production/model/domain/maintenance.ts',
    search: 'return isNamed || isBeingWritten || updatedAt > settledSince;',
    replace: 'return isNamed || (isBeingWritten && updatedAt > settledSince);',
    tests: ['test/contracts/maintenance-repository.spec.ts'],
  },
  {
    name: 'one-turn-for-each-process',
    breaks: 'every process sweeps the whole storage, not one for all of them',
    file: 'src/platform/work/cluster-schedule.ts',
    search: '        WHERE sweeps.last_run_at <= now() - make_interval(secs => ${everySeconds})\n',
    replace: '        WHERE ${everySeconds} > 0\n',
    tests: ['test/contracts/orphan-file-collector.spec.ts'],
  },
];
