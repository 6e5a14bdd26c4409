/** The prefix of files that attempts store. */
export const EXPORT_FILES = 'exports/';

/** The prefix of uploaded pictures. They are apart from the attempts' files, which a new attempt removes. */
export const UPLOADED_PICTURES = 'pictures/';

/** The prefix of one export's files, one for each attempt. */
export function objectPrefix(exportId: string): string {
  return `${EXPORT_FILES}${exportId}/`;
}

/** The prefix of the pictures that were uploaded for one export. */
export function picturePrefix(exportId: string): string {
  return `${UPLOADED_PICTURES}${exportId}/`;
}
