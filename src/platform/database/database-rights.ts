import type { Client } from 'pg';
import { AUDIT_LOG, MIGRATION_LEDGER, PLATFORM_TABLES_IN_USE, SERVICE_TABLES } from './table-owners';

export interface DatabaseRoles {
  /** The role of `DATABASE_URL`, with which the service runs. */
  readonly application: string;
  /** The role of `EXPORT_DATABASE_URL`, which reads data exports. By default, the service's own role does. */
  readonly reader: string | undefined;
  /** The schema of the queue, where it is in this database. */
  readonly queueSchema: string | undefined;
}

/** An error that the operator can correct: the message says how. */
class DatabaseRoleError extends Error {
  override readonly name = 'DatabaseRoleError';
}

const READ = ['SELECT'];
const WRITE = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];
const APPEND = ['SELECT', 'INSERT'];

/**
 * Grants the roles of the service the privileges that they need on the tables of the connection's role, and revokes all others. It
 * is idempotent, and covers tables of later migrations.
 * @returns warnings about roles that these privileges cannot restrict
 * @throws DatabaseRoleError for a role that does not exist
 */
export async function grantDatabaseRights(client: Client, roles: DatabaseRoles): Promise<string[]> {
  const { application, reader, queueSchema } = roles;
  const warnings = [
    ...(await warningsAbout(client, application, 'DATABASE_URL')),
    ...(reader === undefined ? [] : await warningsAbout(client, reader, 'EXPORT_DATABASE_URL')),
  ];
  const tables = await ownTables(client);
  const statements = [
    ...rightsOn(client, tables, application, (table) => applicationRights(table, reader !== undefined)),
    ...(reader === undefined ? [] : rightsOn(client, tables, reader, readerRights)),
    ...[`${AUDIT_LOG}_id_seq`].map((name) => `GRANT USAGE ON SEQUENCE public.${name} TO ${role(client, application)}`),
    `GRANT EXECUTE ON FUNCTION public.${AUDIT_LOG}_add_months() TO ${role(client, application)}`,
    ...(queueSchema === undefined ? [] : await queueRights(client, queueSchema, role(client, application))),
  ];
  await client.query('BEGIN');
  try {
    for (const statement of statements) await client.query(statement);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
  return warnings;
}

function applicationRights(table: string, hasReader: boolean): readonly string[] {
  if (table === AUDIT_LOG) return APPEND;
  if (SERVICE_TABLES.includes(table)) return WRITE;
  if (PLATFORM_TABLES_IN_USE.includes(table)) return READ;
  return hasReader ? [] : readerRights(table);
}

/** The tables that an administrator may add to the catalog. */
function readerRights(table: string): readonly string[] {
  return SERVICE_TABLES.includes(table) || table === MIGRATION_LEDGER ? [] : READ;
}

function rightsOn(
  client: Client,
  tables: readonly string[],
  name: string,
  rights: (table: string) => readonly string[],
): string[] {
  const grantee = role(client, name);
  return [
    `GRANT USAGE ON SCHEMA public TO ${grantee}`,
    ...tables.flatMap((table) => {
      const target = `public.${client.escapeIdentifier(table)}`;
      const granted = rights(table);
      const revoked = `REVOKE ALL ON ${target} FROM ${grantee}`;
      return granted.length === 0 ? [revoked] : [revoked, `GRANT ${granted.join(', ')} ON ${target} TO ${grantee}`];
    }),
  ];
}

/** BullMQ makes a sequence for each queue when its first job is added, which takes CREATE even when it is there. */
async function queueRights(client: Client, schema: string, grantee: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string; kind: string }>(
    `SELECT oid::regclass::text AS name, CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind FROM pg_class
     WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p', 'S') AND pg_has_role(relowner, 'USAGE')`,
    [schema],
  );
  return [
    `GRANT USAGE, CREATE ON SCHEMA ${schema} TO ${grantee}`,
    ...rows.map(({ name, kind }) => {
      const rights = kind === 'SEQUENCE' ? ['USAGE', 'SELECT'] : WRITE;
      return `GRANT ${rights.join(', ')} ON ${kind} ${name} TO ${grantee}`;
    }),
  ];
}

/** Partitions are reached through their table. */
async function ownTables(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT relispartition
       AND pg_has_role(relowner, 'USAGE') ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

async function warningsAbout(client: Client, name: string, variable: string): Promise<string[]> {
  const { rows } = await client.query<{ is_superuser: boolean; is_owner: boolean }>(
    `SELECT rolsuper AS is_superuser, pg_has_role(pg_roles.oid, relowner, 'MEMBER') AS is_owner
     FROM pg_roles, pg_class WHERE rolname = $1 AND pg_class.oid = 'public.${AUDIT_LOG}'::regclass`,
    [name],
  );
  const [found] = rows;
  if (!found) {
    throw new DatabaseRoleError(
      `The database has no role "${name}", which ${variable} names. Create it (docs/security.md says how), then migrate again.`,
    );
  }
  if (found.is_superuser) return [`The role "${name}" of ${variable} is a superuser: no right confines it.`];
  return found.is_owner ? [`The role "${name}" of ${variable} owns the tables: no right confines it.`] : [];
}

function role(client: Client, name: string): string {
  return client.escapeIdentifier(name);
}
