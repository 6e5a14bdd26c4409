// @ts-check
// Downloads: one-time files, ranges, and signed links.

/** @type {import('../../dev/mutation/mutations.mjs').Mutation[]} */
export const downloads = [
  {
    name: 'one-time-claim-without-lease',
    breaks: 'two clients at once download a one-time file',
    file: 'src/export/infrastructure/download-lease.repository.prisma.ts',
    search: ' AND (download_token IS NULL OR download_lease < now())',
    replace: '',
    tests: ['test/contracts/download-lease-repository.spec.ts'],
  },
  {
    name: 'download-without-token',
    breaks: 'a process that lost its lease completes or releases the download of another one',
    file: 'src/export/infrastructure/download-lease.repository.prisma.ts',
    search: 'sql`id = ${exportId}::uuid AND download_token = ${token}::uuid`',
    replace: 'sql`id = ${exportId}::uuid AND ${token}::uuid IS NOT NULL`',
    tests: ['test/contracts/download-lease-repository.spec.ts'],
  },
  {
    name: 'last-byte-not-held-back',
    breaks: 'a client has the whole one-time file before the database records its completion',
    file: 'src/export/model/services/one-time-transfer.ts',
    search: 'if (chunk.length > 1) yield chunk.subarray(0, -1);',
    replace: 'yield chunk;',
    tests: ['src/export/model/services/one-time-transfer.spec.ts'],
  },
  {
    name: 'one-time-file-of-wrong-size',
    breaks: 'a truncated one-time file is served as a complete one',
    file: 'src/export/model/services/one-time-transfer.ts',
    search: 'if (read !== this.size) throw',
    replace: 'if (read > this.size) throw',
    tests: ['src/export/model/services/one-time-transfer.spec.ts'],
  },
  {
    name: 'link-without-expiry',
    breaks: 'an old link becomes valid again when its expiry is changed',
    file: 'src/platform/auth/link-signer.ts',
    search: '.update(`${path}\\n${expires}`)',
    replace: '.update(`${path}\\n${typeof expires}`)',
    tests: ['src/platform/auth/link-signer.spec.ts'],
  },
  {
    name: 'expired-link',
    breaks: 'a link works forever',
    file: 'src/platform/auth/link-signer.ts',
    search: ' && expires * 1000 > now',
    replace: ' && now > 0',
    tests: ['src/platform/auth/link-signer.spec.ts'],
  },
];
