/** Where the files that attempts make lie. */
export const EXPORT_FILES = 'exports/';

/** Where the pictures lie that were sent in place of a drawn one: beside the attempts' files, which a new attempt clears away. */
export const UPLOADED_PICTURES = 'pictures/';

/** Under this every object of one export lies, one for each attempt. */
export function objectPrefix(exportId: string): string {
  return `${EXPORT_FILES}${exportId}/`;
}

/** Under this every picture lies that was sent for one export. */
export function picturePrefix(exportId: string): string {
  return `${UPLOADED_PICTURES}${exportId}/`;
}
