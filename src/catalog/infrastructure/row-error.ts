import { DomainError } from '../../platform/errors/domain-error';

/** What PostgreSQL says by these lies in the rows or their query: a further attempt would meet it again. */
const LASTING = /^(21|22|42|54|P0)/;

/** In words of our own: PostgreSQL's message may quote the value that it stumbled over. */
const REASONS: Readonly<Record<string, string>> = {
  '21000': 'a subquery gives more than one row',
  '22003': 'a number is out of range',
  '22007': 'a text is no date or time',
  '22008': 'a date or time is out of range',
  '22012': 'division by zero',
  '22021': 'a text has characters that cannot be written',
  '22P02': 'a text is no value of the type that it is read as',
  '42501': 'the service has no right to read them',
};

/** The failure of an export whose rows PostgreSQL cannot give; what may pass, such as a lost connection, stays as it is. */
export function rowError(table: string, error: unknown): unknown {
  const { code } = Object(error) as { code?: unknown };
  if (typeof code !== 'string' || !LASTING.test(code) || error instanceof DomainError) return error;
  const reason = REASONS[code] ?? 'its definition does not suit its data';
  const message = `The database could not write the rows of ${JSON.stringify(table)}: ${reason} (${code})`;
  return new DomainError('conflict', 'rows-not-written', message);
}
