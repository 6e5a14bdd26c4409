import { Prisma } from './generated/client';

/** Prisma's codes for a database that cannot be reached, closed the connection, or has no connection left in time. */
const PRISMA_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1011', 'P1017', 'P2024', 'P2028', 'P2037']);

/**
 * Node's codes for the network; PostgreSQL's classes 08 (connection), 53 (resources) and 57P (shutdown), and what it says of
 * a lock, a change or a time limit in the way.
 */
const NETWORK_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EHOSTUNREACH']);
const POSTGRES_CLASSES = /^(08|53|57P|57014|55P03|40001)/;
const DRIVER_MESSAGES =
  /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error|server closed the connection/i;

/** Whether the database was out of reach, rather than the query wrong: the same call may succeed in a moment. */
export function isDatabaseUnreachable(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1) {
    if (cause instanceof Prisma.PrismaClientInitializationError) return true;
    if (cause instanceof AggregateError && cause.errors.some(isDatabaseUnreachable)) return true;
    const { code } = cause as Error & { code?: unknown };
    if (typeof code === 'string' && isUnreachableCode(code)) return true;
    if (DRIVER_MESSAGES.test(cause.message)) return true;
  }
  return false;
}

function isUnreachableCode(code: string): boolean {
  return PRISMA_CODES.has(code) || NETWORK_CODES.has(code) || POSTGRES_CLASSES.test(code);
}

/** Whether a query named a table that is not there: the migrations have not been applied. */
export function isTableMissing(error: unknown): boolean {
  return (
    error instanceof Error && /\b(42P01|P2021)\b|TableDoesNotExist/.test(`${error.message} ${JSON.stringify(error)}`)
  );
}
