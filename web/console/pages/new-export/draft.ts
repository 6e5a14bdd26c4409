import type { LocationQuery, Router } from 'vue-router';
import { type Draft, emptyDraft, fromRequest } from '../../export-editor/draft';
import { ROWS_FORMATS } from '../../export-editor/format-options';

export { type Draft, fromRequest } from '../../export-editor/draft';

/** Opens the page with a draft, such as that of an earlier export: `openDraft(router, fromRequest(record))`. */
export async function openDraft(router: Router, draft: Draft): Promise<void> {
  await router.push({ name: 'new-export', state: toState(draft) });
}

/** A draft as an entry of the browser's history keeps it. Secrets do not belong there. */
export function toState(draft: Draft): { draft: string } {
  return { draft: JSON.stringify({ ...draft, notify: { ...draft.notify, webhookSecret: '' } }) };
}

/** @returns undefined where the entry of the history has no draft */
export function fromState(state: unknown): Draft | undefined {
  const { draft } = (state ?? {}) as { draft?: unknown };
  if (typeof draft !== 'string') return undefined;
  try {
    // An earlier version of the page may have kept less.
    return emptyDraft(JSON.parse(draft) as Partial<Draft>);
  } catch {
    return undefined;
  }
}

/** A link such as `#/new?tables=transactions&format=csv`. */
export function fromQuery(query: LocationQuery): Draft | undefined {
  const [tables, dataTypes] = [namesIn(query['tables']), namesIn(query['data_types'])];
  const format = ROWS_FORMATS.find((name) => name === query['format']);
  if (tables.length === 0 && dataTypes.length === 0 && format === undefined) return undefined;
  return fromRequest({ tables, data_types: dataTypes, ...(format && { format }) });
}

function namesIn(value: LocationQuery[string] | undefined): string[] {
  return [value ?? '']
    .flat()
    .flatMap((text) => (text ?? '').split(','))
    .filter(Boolean);
}
