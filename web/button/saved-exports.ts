import type { SavedExport, TaskEnvironment } from './export-task';

const PREFIX = 'export-button:';

/** Which entries the buttons of this page use. */
const claimed = new Set<string>();

export type SavedExports = TaskEnvironment['saved'] & { release(): void };

/**
 * Where a button keeps its running export: in the tab, by what it exports. Equal buttons have entries by their order in the page.
 * Where the browser keeps nothing, a reload forgets the export.
 */
export function createSavedExports(subject: unknown): SavedExports {
  const name = `${PREFIX}${JSON.stringify(subject)}`;
  let turn = 0;
  while (claimed.has(`${name}#${turn}`)) turn += 1;
  const key = `${name}#${turn}`;
  claimed.add(key);
  return {
    load: () => attempt(() => JSON.parse(sessionStorage.getItem(key) ?? 'null') as SavedExport | null) ?? null,
    save: (saved) =>
      attempt(() => {
        sessionStorage.setItem(key, JSON.stringify(saved));
      }),
    clear: () =>
      attempt(() => {
        sessionStorage.removeItem(key);
      }),
    release: () => claimed.delete(key),
  };
}

/** Access to the storage throws where the user's settings forbid it. */
function attempt<Result>(access: () => Result): Result | undefined {
  try {
    return access();
  } catch {
    return undefined;
  }
}
