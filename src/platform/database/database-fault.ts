import { Prisma } from './generated/client';

/** Prisma's codes for a database that cannot be reached, closed the connection, or has no connection left in time. */
const PRISMA_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1011', 'P1017', 'P2024', 'P2028', 'P2037']);

/**
 * Node's codes for the network; PostgreSQL's classes 08 (connection), 53 (resources) and 57P (shutdown), and what it says of
 * a lock, a change or a time limit in the way.
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
/** By what Prisma's adapter tells the same apart: all that is left of it below a query written in SQL. */
const ADAPTER_KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections']);
const DRIVER_MESSAGES =
  /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error|server closed the connection/i;

const MISSING = new Set(['P1003', '3D000', 'DatabaseDoesNotExist']);
const DENIED = new Set(['P1000', 'P1010', '28000', '28P01', 'DatabaseAccessDenied', 'AuthenticationFailed']);

/** Whether the database was out of reach, rather than the query wrong: the same call may succeed in a moment. */
export function isDatabaseUnreachable(error: unknown): boolean {
  return causesOf(error).some(
    (cause) =>
      cause instanceof Prisma.PrismaClientInitializationError ||
      (cause instanceof AggregateError && cause.errors.some(isDatabaseUnreachable)) ||
      namesOf(cause).some(isUnreachableName) ||
      (cause instanceof Error && DRIVER_MESSAGES.test(cause.message)),
  );
}

/** Whether there is no database of that name on the server. */
export function isDatabaseMissing(error: unknown): boolean {
  return causesOf(error)
    .flatMap(namesOf)
    .some((name) => MISSING.has(name));
}

/** Whether the server does not let this user in, or not by this password. */
export function isDatabaseAccessDenied(error: unknown): boolean {
  return causesOf(error)
    .flatMap(namesOf)
    .some((name) => DENIED.has(name));
}

type Cause = Readonly<Record<'cause' | 'code' | 'originalCode' | 'kind', unknown>> & {
  readonly meta?: { readonly driverAdapterError?: unknown };
};

/** An error and what it came of; below Prisma's own, what the driver said. */
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

/** Whether a query named a table that is not there: the migrations have not been applied. */
export function isTableMissing(error: unknown): boolean {
  return (
    error instanceof Error && /\b(42P01|P2021)\b|TableDoesNotExist/.test(`${error.message} ${JSON.stringify(error)}`)
  );
}
