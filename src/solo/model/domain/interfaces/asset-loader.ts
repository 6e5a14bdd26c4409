/** Loads the images that a board refers to by address. */
export abstract class AssetLoader {
  /**
   * @returns the bytes, which may be anything
   * @throws AssetRefusedError when the address is not allowed or cannot be read; the signal's
   *   reason on abort
   */
  abstract load(source: string, signal: AbortSignal): Promise<Uint8Array>;
}

/**
 * The image is not drawn. The message is a short reason without the address, which becomes part of
 * a warning.
 */
export class AssetRefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AssetRefusedError';
  }
}
