// @ts-check
// Secrets of destinations, and the addresses that may be called.

/** @type {import('../../dev/mutation/mutations.mjs').Mutation[]} */
export const secrets = [
  {
    name: 'sealed-for-any-purpose',
    breaks: 'a secret that was encrypted for one destination can be used for another',
    file: 'src/delivery/infrastructure/secret-cipher.ts',
    search: 'Buffer.from(`${VERSION}\\n${purpose}`)',
    replace: 'Buffer.from(`${VERSION}\\n${typeof purpose}`)',
    tests: ['src/delivery/infrastructure/secret-cipher.spec.ts'],
  },
  {
    name: 'address-not-checked-at-connection',
    breaks: 'a webhook reaches the internal network when its name changes after the check (DNS rebinding)',
    file: 'src/delivery/infrastructure/outbound/outbound-addresses.ts',
    search: 'const addresses = isAllowed ? this.resolve(hostname) : this.publicAddressesOf(hostname);',
    replace: 'const addresses = isAllowed ? this.publicAddressesOf(hostname) : this.resolve(hostname);',
    tests: ['src/delivery/infrastructure/outbound/outbound-addresses.spec.ts'],
  },
  {
    name: 'metadata-service-is-public',
    breaks: 'a webhook reads the credentials of the machine from the metadata service of a cloud',
    file: 'src/delivery/infrastructure/outbound/outbound-addresses.ts',
    search: "  if (parsed.range() !== 'unicast') return false;\n",
    replace: '',
    tests: ['src/delivery/infrastructure/outbound/outbound-addresses.spec.ts'],
  },
];
