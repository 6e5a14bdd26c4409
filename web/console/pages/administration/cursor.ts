/** The cursor in the address of the next page of a list; null on the last page. */
export function cursorOf(next: string | null): string | null {
  return next === null ? null : new URL(next).searchParams.get('cursor');
}
