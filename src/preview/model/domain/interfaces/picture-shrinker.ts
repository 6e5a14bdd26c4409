/** Makes small copies of pictures, outside the service's process. */
export abstract class PictureShrinker {
  /**
   * Makes a copy whose longest side has at most `maxSide` pixels.
   * @throws DomainError conflict when it takes too much | the signal's reason
   */
  abstract shrink(png: Buffer, maxSide: number, signal: AbortSignal): Promise<Uint8Array>;
}
