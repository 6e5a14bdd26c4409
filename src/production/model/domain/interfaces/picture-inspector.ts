/** Decodes PNG files outside the service's process. */
export abstract class PictureInspector {
  /** @throws DomainError invalid unless the bytes are one whole PNG of a sane size */
  abstract assertSoundPng(bytes: Buffer): Promise<void>;
}
