/** Gets the images that a board names by address. */
export abstract class AssetLoader {
  /**
   * The bytes behind an address, whatever they hold.
   * @throws AssetRefusedError when the address may not be read or does not answer; the signal's reason on abort
   */
  abstract load(source: string, signal: AbortSignal): Promise<Uint8Array>;
}

/** An image that is not drawn; the message says why in a few words, without the address. */
export class AssetRefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AssetRefusedError';
  }
}
