/** An image that is not drawn. The message says why in a few words, and fits behind "An image is missing: ". */
export class ImageRefusedError extends Error {
  override readonly name = 'ImageRefusedError';
}
