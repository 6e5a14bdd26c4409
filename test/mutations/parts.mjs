// @ts-check
// Files of several parts, tables that several connections read, and manifests.

/** @type {import('../../dev/mutation/mutations.mjs').Mutation[]} */
export const parts = [
  {
    name: 'part-without-token',
    breaks: 'a worker that lost the lease of a part ends the work of another worker',
    file: 'src/production/infrastructure/part.repository.prisma.ts',
    search: "AND token = ${part.token}::uuid AND status = 'running' AND ${HAS_LEADER}`;",
    replace: "AND status = 'running' AND ${HAS_LEADER}`;",
    tests: ['test/contracts/part-repository.spec.ts'],
  },
  {
    name: 'part-of-lost-leader',
    breaks: 'a part is finished although the leader of its export is another one by now',
    file: 'src/production/infrastructure/part.repository.prisma.ts',
    search: "AND token = ${part.token}::uuid AND status = 'running' AND ${HAS_LEADER}`;",
    replace: "AND token = ${part.token}::uuid AND status = 'running'`;",
    tests: ['test/contracts/part-repository.spec.ts'],
  },
  {
    name: 'part-of-live-worker',
    breaks: 'a second worker takes a part whose worker is alive',
    file: 'src/production/infrastructure/part.repository.prisma.ts',
    search: "OR part.status = 'running' AND part.heartbeat_at < now() - ${this.lease()})",
    replace: "OR part.status = 'running')",
    tests: ['test/contracts/part-repository.spec.ts'],
  },
  {
    name: 'part-for-ever',
    breaks: 'a part whose workers crash is tried without an end',
    file: 'src/production/infrastructure/part.repository.prisma.ts',
    search: "exports.status = 'processing' AND part.attempts < ${MAX_PART_ATTEMPTS} AND",
    replace: "exports.status = 'processing' AND",
    tests: ['test/contracts/part-repository.spec.ts'],
  },
  {
    name: 'last-page-left-out',
    breaks: 'rows that were added after the size of a table was read are in no part',
    file: 'src/catalog/infrastructure/row-division.ts',
    search: 'before: before === size ? null : before })',
    replace: 'before })',
    tests: ['src/catalog/infrastructure/row-division.spec.ts'],
  },
  {
    name: 'page-in-two-ranges',
    breaks: 'two connections read the page at the border of their ranges',
    file: 'src/catalog/infrastructure/page-ranges.ts',
    search: 'null : from + table.pages }',
    replace: 'null : from + table.pages + 1 }',
    tests: ['src/catalog/infrastructure/page-ranges.spec.ts'],
  },
  {
    name: 'follower-with-own-snapshot',
    breaks: 'connections that read a table together see different moments',
    file: 'src/platform/database/followers.ts',
    search: 'READ ONLY; SET TRANSACTION SNAPSHOT ${id}`);',
    replace: 'READ ONLY`);',
    tests: ['test/contracts/split-storm.spec.ts'],
  },
  {
    name: 'batch-not-written',
    breaks: 'the last bytes of a file are not written to the disk',
    file: 'src/platform/storage/disk-tree.ts',
    search:
      'if (this.batchBytes >= BATCH_BYTES) await this.writeBatch();\n  }\n\n  /** @returns the size of the file, which is on the disk then */\n  async finish(): Promise<number> {\n    await this.writeBatch();',
    replace:
      'if (this.batchBytes >= BATCH_BYTES) await this.writeBatch();\n  }\n\n  /** @returns the size of the file, which is on the disk then */\n  async finish(): Promise<number> {',
    tests: ['src/platform/storage/disk-tree.spec.ts'],
  },
  {
    name: 'manifest-without-chain',
    breaks: 'the manifest of a run does not name the run before, so that an older one can take its place',
    file: 'src/production/model/services/manifest-sealer.ts',
    search: '      previousManifestSha256,\n      serviceVersion',
    replace: '      previousManifestSha256: null,\n      serviceVersion',
    tests: ['src/production/model/services/manifest-sealer.spec.ts'],
  },
];
