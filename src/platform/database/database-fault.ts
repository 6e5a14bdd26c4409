import { Prisma } from './generated/client';

/** Prisma's codes: the database is unreachable, closed the connection, or has no free connection in time. */
const PRISMA_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1011', 'P1017', 'P2024', 'P2028', 'P2037']);

/**
 * Node's network codes; PostgreSQL's classes 08 (connection), 53 (resources) and 57P (shutdown); and its codes for lock
 * timeouts, cancelled queries and serialization failures.
 */
const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
const POSTGRES_CLASSES = /^(08|53|57P|57014|55P03|40001)/;
/** The kinds of Prisma's driver adapter, which raw queries report instead of codes. */
const ADAPTER_KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections']);
const DRIVER_MESSAGES =
  /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error|server closed the connection/i;

const MISSING = new Set(['P1003', '3D000', 'DatabaseDoesNotExist']);
const DENIED = new Set(['P1000', 'P1010', '28000', '28P01', 'DatabaseAccessDenied', 'AuthenticationFailed']);

/** Whether the database was unreachable, so that the same call may succeed later. */
export function isDatabaseUnreachable(error: unknown): boolean {
  return causesOf(error).some(
    (cause) =>
      cause instanceof Prisma.PrismaClientInitializationError ||
      (cause instanceof AggregateError && cause.errors.some(isDatabaseUnreachable)) ||
      namesOf(cause).some(isUnreachableName) ||
      (cause instanceof Error && DRIVER_MESSAGES.test(cause.message)),
  );
}

/** Whether the server has no database of that name. */
export function isDatabaseMissing(error: unknown): boolean {
  return causesOf(error)
    .flatMap(namesOf)
    .some((name) => MISSING.has(name));
}

/** Whether the server refuses the user or the password. */
export function isDatabaseAccessDenied(error: unknown): boolean {
  return causesOf(error)
    .flatMap(namesOf)
    .some((name) => DENIED.has(name));
}

type Cause = Readonly<Record<'cause' | 'code' | 'originalCode' | 'kind', unknown>> & {
  readonly meta?: { readonly driverAdapterError?: unknown };
};

/** An error and its causes, including the driver's error below Prisma's. */
function causesOf(error: unknown): Cause[] {
  const causes: Cause[] = [];
  for (let next = error; typeof next === 'object' && next !== null && causes.length < 5;) {
    const cause = next as Cause;
    causes.push(cause);
    next = cause.cause ?? cause.meta?.driverAdapterError;
  }
  return causes;
}

function namesOf({ code, originalCode, kind }: Cause): string[] {
  return [code, originalCode, kind].filter((name) => typeof name === 'string');
}

function isUnreachableName(name: string): boolean {
  return PRISMA_CODES.has(name) || NETWORK_CODES.has(name) || ADAPTER_KINDS.has(name) || POSTGRES_CLASSES.test(name);
}

/** Whether a table is missing because migrations have not been applied. */
export function isTableMissing(error: unknown): boolean {
  return (
    error instanceof Error && /\b(42P01|P2021)\b|TableDoesNotExist/.test(`${error.message} ${JSON.stringify(error)}`)
  );
}
