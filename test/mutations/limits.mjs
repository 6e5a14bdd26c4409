// @ts-check
// Rate limits and idempotency keys, when many requests come at once; limits of bodies.

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
    name: 'request-limit-off-by-one',
    breaks: 'one thumbnail more is drawn than the limit allows',
    file: 'src/platform/rate-limit/rate-limit-uses.ts',
    search: 'WHERE cardinality(${recent}) < ${limit.limit}',
    replace: 'WHERE cardinality(${recent}) <= ${limit.limit}',
    tests: ['test/contracts/rate-limit-uses.spec.ts'],
  },
  {
    name: 'request-limit-for-ever',
    breaks: 'uses of a limit never leave its window',
    file: 'src/platform/rate-limit/rate-limit-uses.ts',
    search: 'WHERE use > now() - ${window} ORDER BY use',
    replace: 'ORDER BY use',
    tests: ['test/contracts/rate-limit-uses.spec.ts'],
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
    search: 'if (earlier?.fingerprint === fingerprint) return',
    replace: 'if (earlier) return',
    tests: ['test/contracts/export-repository.spec.ts'],
  },
  {
    name: 'expansion-unlimited',
    breaks: 'a few kilobytes of gzip become the largest body that is taken',
    file: 'src/platform/http/body-collector.ts',
    search: 'if (isCompressed && length >',
    replace: 'if (isCompressed && length < 0 * ',
    tests: ['src/platform/http/body-collector.spec.ts'],
  },
  {
    name: 'large-body-slot-kept',
    breaks: 'a large body is never done, so that its caller can send no others',
    file: 'src/platform/http/large-bodies.ts',
    search: 'if (count > 0) this.byCaller.set(caller, count);',
    replace: 'if (count >= 0) this.byCaller.set(caller, count + 1);',
    tests: ['src/platform/http/large-bodies.spec.ts'],
  },
  {
    name: 'body-without-time-limit',
    breaks: 'a body that does not arrive holds its memory for as long as its sender likes',
    file: 'src/platform/http/incoming-body.ts',
    search: '  }, timeoutMs);',
    replace: '  }, timeoutMs * 1000);',
    tests: ['src/platform/http/incoming-body.spec.ts'],
  },
];
