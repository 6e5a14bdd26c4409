import { type ExportFormat, type ExportOptions, formatsOf, optionsOf } from '../../../formats';

/** These come first in the API; further formats of tables follow. */
const FIRST_FORMATS: readonly ExportFormat[] = ['csv', 'xlsx', 'json', 'pdf'];

export const RESULTS_FORMATS: readonly ExportFormat[] = [...new Set([...FIRST_FORMATS, ...formatsOf('table')])];
export const DEFAULT_RESULTS_FORMAT: ExportFormat = 'csv';

export const DEFAULT_POINTS = false;

const DEFAULTS = new Map<string, unknown>([
  ['points', DEFAULT_POINTS],
  ...optionsOf('table').map(({ name, option }): [string, unknown] => [name, option.default]),
]);

/**
 * Removes options that are `null` or have their default, and sorts the rest by name. Requests that
 * mean the same have the same fingerprint.
 */
export function withoutDefaultOptions(options: object): ExportOptions {
  const given: [string, unknown][] = Object.entries(options);
  const changed = given.filter(([name, value]) => value != null && value !== DEFAULTS.get(name));
  return Object.fromEntries(changed.sort(([one], [other]) => (one < other ? -1 : 1)));
}
