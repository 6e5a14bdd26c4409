// @ts-check
// Rate limits and idempotency keys, when many requests come at once.

/** @type {import('../../dev/mutation/mutations.mjs').Mutation[]} */
export const limits = [
  {
    name: 'rate-limit-off-by-one',
    breaks: 'one export more is granted than the limit allows',
    file: 'src/platform/rate-limit/rate-limit.ts',
    search: 'if (used >= limit)',
    replace: 'if (used > limit)',
    tests: ['src/platform/rate-limit/rate-limit.spec.ts'],
  },
  {
    name: 'rate-limit-without-lock',
    breaks: 'requests at the same moment exceed the limit, because none sees the others',
    file: 'src/export/infrastructure/export.repository.prisma.ts',
    search: '      await takeTurn(transaction, account);\n',
    replace: '      if (account === null) await takeTurn(transaction, account);\n',
    tests: ['test/contracts/export-repository.spec.ts'],
  },
  {
    name: 'manual-runs-without-lock',
    breaks: 'manual runs of schedules at the same moment exceed the limit',
    file: 'src/scheduled-export/infrastructure/schedule-run.repository.prisma.ts',
    search: '    SELECT pg_advisory_xact_lock(hashtextextended(',
    replace: '    SELECT (hashtextextended(',
    tests: ['test/contracts/schedule-run-repository.spec.ts'],
  },
  {
    name: 'idempotency-key-of-other-request',
    breaks: 'another request under a used Idempotency-Key gets the export of the first one',
    file: 'src/platform/idempotency/idempotency-keys.ts',
    search: 'if (earlier.fingerprint === request.fingerprint) return',
    replace: 'if (earlier.fingerprint !== "") return',
    tests: ['test/contracts/export-repository.spec.ts'],
  },
];
