/** Has the browser download a link. The link sends its file as an attachment, so the page stays. */
export function saveFile(url: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.rel = 'noopener';
  // Links of other origins ignore it.
  link.download = '';
  document.body.append(link);
  link.click();
  link.remove();
}
