import { errorMessage } from '../async';
import { ConfigurationError } from '../config/environment';
import { DomainError } from '../errors/domain-error';
import {
  isDatabaseAccessDenied,
  isDatabaseMissing,
  isDatabaseUnreachable,
  isTableMissing,
} from '../database/database-fault';
import { UsageError } from './command-line';

/** The message on stderr and the exit code of a failed program. */
export interface ProgramFailure {
  readonly message: string;
  readonly exitCode: 1 | 2;
}

export function toProgramFailure(error: unknown): ProgramFailure {
  return { message: messageOf(error), exitCode: error instanceof UsageError ? 2 : 1 };
}

function messageOf(error: unknown): string {
  if (error instanceof DomainError || error instanceof ConfigurationError) return error.message;
  if (isDatabaseMissing(error))
    return 'There is no database of the name that DATABASE_URL has: create it, or put the name right.';
  if (isDatabaseAccessDenied(error)) return 'The database refuses the user and password that DATABASE_URL has.';
  if (isTableMissing(error)) return 'The database is not up to date: run `npm run migrate` first.';
  if (isDatabaseUnreachable(error)) return 'The database does not answer: see that DATABASE_URL is right and it runs.';
  return errorMessage(error);
}
