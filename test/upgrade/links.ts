/** A link that was signed for another address of the service, as it leads to this process: the path alone is signed. */
export function linkAt(url: string, link: string | null): string {
  if (link === null) throw new Error('There is no link to follow');
  const { pathname, search } = new URL(link);
  return new URL(pathname + search, url).href;
}
