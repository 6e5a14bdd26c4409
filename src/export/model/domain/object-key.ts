/** Where the files that attempts make lie. */
export const MADE_FILES = 'exports/';

/** Where the pictures lie that were sent in place of a drawn one: beside the attempts' files, which a new attempt clears away. */
export const SENT_PICTURES = 'pictures/';

/** Under this every object of one export lies, one for each attempt. */
export function objectPrefix(exportId: string): string {
  return `${MADE_FILES}${exportId}/`;
}

/** Under this every picture lies that was sent for one export. */
export function picturePrefix(exportId: string): string {
  return `${SENT_PICTURES}${exportId}/`;
}
