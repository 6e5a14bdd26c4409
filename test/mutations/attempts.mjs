// @ts-check
// Attempts at exports: the fencing token, the lease, and how often an attempt is repeated.

/** @type {import('../../dev/mutation/mutations.mjs').Mutation[]} */
export const attempts = [
  {
    name: 'heartbeat-without-token',
    breaks: 'a worker keeps a lease that another worker has taken over',
    file: 'src/export/infrastructure/attempt.repository.prisma.ts',
    search: "WHERE id = ${id}::uuid AND attempt_token = ${token}::uuid AND status = 'processing'",
    replace: "WHERE id = ${id}::uuid AND status = 'processing'",
    tests: ['test/contracts/attempt-repository.spec.ts'],
  },
  {
    name: 'publish-without-token',
    breaks: 'a worker that lost its lease publishes, fails or requeues the attempt of another worker',
    file: 'src/export/infrastructure/attempt.repository.prisma.ts',
    search: "sql`id = ${id}::uuid AND attempt_token = ${token}::uuid AND status = 'processing'`",
    replace: "sql`id = ${id}::uuid AND status = 'processing'`",
    tests: ['test/contracts/attempt-repository.spec.ts'],
  },
  {
    name: 'cancelled-becomes-completed',
    breaks: 'an export that its owner cancelled is completed by its worker',
    file: 'src/export/infrastructure/attempt.repository.prisma.ts',
    search: "sql`id = ${id}::uuid AND attempt_token = ${token}::uuid AND status = 'processing'`",
    replace: 'sql`id = ${id}::uuid`',
    tests: ['test/contracts/attempt-repository.spec.ts'],
  },
  {
    name: 'claim-of-live-attempt',
    breaks: 'a second worker takes an export whose worker is alive',
    file: 'src/export/infrastructure/attempt.repository.prisma.ts',
    search: 'AND heartbeat_at < now() - ${this.lease()}',
    replace: 'AND (heartbeat_at < now() - ${this.lease()} OR attempts > 0)',
    tests: ['test/contracts/attempt-repository.spec.ts'],
  },
  {
    name: 'one-attempt-more',
    breaks: 'an export that ends its worker every time is begun four times instead of three',
    file: 'src/export/model/domain/attempt-limits.ts',
    search: 'export const MAX_ATTEMPTS = 3;',
    replace: 'export const MAX_ATTEMPTS = 4;',
    tests: ['src/export/model/domain/attempt-limits.spec.ts'],
  },
  {
    name: 'no-retry-after-fault',
    breaks: 'an export fails at the first fault of the storage',
    file: 'src/export/model/services/export-runner.ts',
    search: 'const isLast = attempt.number >= MAX_ATTEMPTS;',
    replace: 'const isLast = attempt.number >= 1;',
    tests: ['src/export/model/services/export-runner.spec.ts'],
  },
  {
    name: 'checksum-of-nothing',
    breaks: 'the record has a SHA-256 that is not that of the file',
    file: 'src/export/model/services/export-production.ts',
    search: '        this.hash.update(chunk);\n',
    replace: '',
    tests: ['src/export/model/services/export-production.spec.ts'],
  },
  {
    name: 'leftovers-of-killed-attempt',
    breaks: 'what a killed worker uploaded stays in storage beside the published file',
    file: 'src/export/model/services/export-production.ts',
    search: '    await this.storage.discard(objectPrefix(request.id));\n',
    replace: '',
    tests: ['src/export/model/services/export-production.spec.ts'],
  },
];
