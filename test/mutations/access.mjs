// @ts-check
// Who sees and reads what: owners, tenants, external systems, columns and tokens.

/** @type {import('../../dev/mutation/mutations.mjs').Mutation[]} */
export const access = [
  {
    name: 'owner-without-tenant',
    breaks: 'a user sees the exports and boards of a user with the same id in another tenant',
    file: 'src/platform/prisma/owned-by.ts',
    search: '{ userId: party.userId, tenantId: party.tenantId }',
    replace: '({ userId: party.userId } as OwnedBy)',
    tests: ['test/contracts/export-repository.spec.ts'],
  },
  {
    name: 'changes-without-tenant',
    breaks: 'a user cancels or deletes an export of a user with the same id in another tenant',
    file: 'src/platform/prisma/owned-by.ts',
    search: ' AND tenant_id IS NOT DISTINCT FROM ${party.tenantId}',
    replace: '',
    tests: ['test/contracts/export-repository.spec.ts'],
  },
  {
    name: 'export-of-anybody',
    breaks: 'every user sees the export of every other user',
    file: 'src/export/infrastructure/export.repository.prisma.ts',
    search: 'this.prisma.export.findFirst({ where: { id, ...ownedBy(owner) } })',
    replace: 'this.prisma.export.findFirst({ where: owner && { id } })',
    tests: ['test/contracts/export-repository.spec.ts'],
  },
  {
    name: 'events-of-other-customers',
    breaks: 'an external system reads the events and results of another one',
    file: 'src/events/infrastructure/event-owner.ts',
    search: '? { customerId: party.customerId } :',
    replace: '? ({ customerId: { not: null } } as unknown as { customerId: string }) :',
    tests: ['test/e2e/events.spec.ts'],
  },
  {
    name: 'rows-of-other-tenants',
    breaks: 'an administrator of one tenant exports the rows of all tenants',
    file: 'src/catalog/model/domain/planning.ts',
    search: '    ...(tenantId === null ? [] : confine(TENANT_COLUMN, tenantId)),\n',
    replace: '',
    tests: ['src/catalog/model/domain/planning.spec.ts'],
  },
  {
    name: 'rows-of-similar-ids',
    breaks: 'a user gets the rows of a user whose id differs in case only',
    file: 'src/catalog/infrastructure/row-query.ts',
    search: ' AND ${text} COLLATE pg_catalog."C" OPERATOR(pg_catalog.=) ${id}',
    replace: '',
    tests: ['test/contracts/owned-rows.spec.ts'],
  },
  {
    name: 'hidden-columns',
    breaks: 'a user exports a hidden column, or finds out its values by filtering by it',
    file: 'src/catalog/model/domain/planning.ts',
    search: 'table.columns.filter(({ name }) => entry.allows(name))',
    replace: 'table.columns.filter(({ name }) => entry.allows(name) || table.columns.length > 0)',
    tests: ['src/catalog/model/domain/planning.spec.ts'],
  },
  {
    name: 'identifier-not-quoted',
    breaks: 'a name from a request becomes SQL',
    file: 'src/platform/postgres/sql.ts',
    search: 'new Sql(escapeIdentifier(withoutNul(name)))',
    replace: 'new Sql(escapeIdentifier(withoutNul(name)).slice(1, -1))',
    tests: ['src/platform/postgres/sql.spec.ts'],
  },
  {
    name: 'token-of-any-algorithm',
    breaks: 'a token is accepted though it is signed by an algorithm that the service does not allow',
    file: 'src/platform/auth/signed-token.ts',
    search: "algorithm === 'HS256' || algorithm === 'RS256' || algorithm === 'ES256'",
    replace: "typeof algorithm === 'string'",
    tests: ['src/platform/auth/signed-token.spec.ts'],
  },
];
