import type { TableColumn } from '../table';

/** The labels above the columns, and the list of those that are too long to stand there. */
export interface HeaderLabels {
  readonly short: readonly string[];
  readonly list: readonly string[];
}

/**
 * Numbers the labels where some are too long: with them those that stand beside them, so that the numbers are those of the
 * questions. A label that goes on from another one, as that of its points does, has the number of the other.
 * @param firstLong the place of the first label that is too long
 */
export function numberedLabels(columns: readonly TableColumn[], firstLong: number): HeaderLabels {
  const short = columns.map(({ label }) => label);
  const list: string[] = [];
  let numbered: string | null = null;
  for (let index = beginningOfQuestions(columns, firstLong); index < columns.length; index += 1) {
    const label = short[index] ?? '';
    if (numbered !== null && label.startsWith(`${numbered} `)) {
      short[index] = `${list.length}.${label.slice(numbered.length)}`;
      continue;
    }
    numbered = label;
    const withNumber = `${list.length + 1}. ${label}`;
    short[index] = withNumber;
    list.push(withNumber);
  }
  return { short, list };
}

/** Answers are texts and points; what stands before them ends with something else. The first column is never one. */
function beginningOfQuestions(columns: readonly TableColumn[], firstLong: number): number {
  let first = firstLong;
  while (first > 1 && ['text', 'decimal'].includes(columns[first - 1]?.type ?? '')) first -= 1;
  return first;
}
