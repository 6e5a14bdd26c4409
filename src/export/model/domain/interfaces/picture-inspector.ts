/** Decodes PNG files outside the service's process. */
export abstract class PictureInspector {
  /** @throws DomainError invalid unless the bytes are one whole PNG of a sane size */
  abstract assertSoundPng(bytes: Buffer): Promise<void>;

  /**
   * Makes a copy whose longest side has at most `maxSide` pixels.
   * @throws DomainError conflict when it takes too much | the signal's reason
   */
  abstract shrink(png: Buffer, maxSide: number, signal: AbortSignal): Promise<Uint8Array>;
}
