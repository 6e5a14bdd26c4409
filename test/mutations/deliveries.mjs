// @ts-check
// The outbox, webhooks and buckets.

/** @type {import('../../dev/mutation/mutations.mjs').Mutation[]} */
export const deliveries = [
  {
    name: 'outbox-outside-transaction',
    breaks: 'an export is completed and nobody is notified, because the process ended in between',
    file: 'src/production/infrastructure/attempt.repository.prisma.ts',
    search: 'endExports(this.prisma, transaction, { set, where, audit, tells })',
    replace: 'endExports(this.prisma, this.prisma ?? transaction, { set, where, audit, tells })',
    tests: ['test/contracts/outbox.spec.ts'],
  },
  {
    name: 'outbox-row-twice',
    breaks: 'writing the message about an export again fails instead of being ignored',
    file: 'src/platform/outbox/outbox.ts',
    search: '    skipDuplicates: true,\n',
    replace: '',
    tests: ['test/contracts/outbox.spec.ts'],
  },
  {
    name: 'delivery-settled-without-token',
    breaks: 'a worker that lost its lease settles the delivery of another worker',
    file: 'src/delivery/infrastructure/delivery.repository.prisma.ts',
    search: 'AND attempt_token = ${token}::uuid AND status',
    replace: 'AND ${token}::uuid IS NOT NULL AND status',
    tests: ['test/contracts/delivery-repository.spec.ts'],
  },
  {
    name: 'delivery-gives-up-early',
    breaks: 'a delivery fails ten hours too early',
    file: 'src/delivery/model/domain/attempt-limits.ts',
    search: 'return delay === undefined ? null :',
    replace: 'return delay === undefined || attempt + 1 >= MAX_ATTEMPTS ? null :',
    tests: ['src/delivery/model/domain/attempt-limits.spec.ts'],
  },
  {
    name: 'webhook-signs-no-body',
    breaks: 'the signature of a webhook is valid for any body',
    file: 'src/delivery/channels/webhook/webhook-secret.ts',
    search: '`${id}.${timestamp}.${body}`',
    replace: '`${id}.${timestamp}.${body.slice(0, 0)}`',
    tests: ['src/delivery/channels/webhook/webhook-secret.spec.ts'],
  },
  {
    name: 'bucket-file-not-verified',
    breaks: 'a changed or incomplete file in storage is delivered to a bucket',
    file: 'src/delivery/infrastructure/export-file.ts',
    search: "if (read !== size || hash.digest('hex') !== sha256) {",
    replace: "if (hash.digest('hex') === sha256 && read !== size) {",
    tests: ['test/contracts/bucket-object.spec.ts'],
  },
  {
    name: 'bucket-object-overwritten',
    breaks: 'a delivery overwrites an object that another writer created concurrently',
    file: 'src/delivery/channels/s3/bucket-object.ts',
    search: "await this.upload(file, signal, { IfNoneMatch: '*' });",
    replace: 'await this.upload(file, signal, {});',
    tests: ['test/contracts/bucket-object.spec.ts'],
  },
];
