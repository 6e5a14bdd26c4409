const PREFIX = 'export-console:';

/** Small choices of the user, kept in the browser. Access throws where the user's settings forbid it. */
export function kept(name: string, storage: () => Storage = () => localStorage): string | undefined {
  try {
    return storage().getItem(PREFIX + name) ?? undefined;
  } catch {
    return undefined;
  }
}

export function keep(name: string, value: string | undefined, storage: () => Storage = () => localStorage): void {
  try {
    if (value === undefined) storage().removeItem(PREFIX + name);
    else storage().setItem(PREFIX + name, value);
  } catch {
    // It is then forgotten when the page is closed.
  }
}
