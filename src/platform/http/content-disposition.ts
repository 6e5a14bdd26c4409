/** Written by the storage branch; replaced at its merge. */
export function contentDisposition(name: string): string {
  return `attachment; filename*=UTF-8''${encodeURIComponent(name)}`;
}
