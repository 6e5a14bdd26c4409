import type { SvgFonts } from './svg-fonts';
import type { SvgPictures } from './svg-pictures';

/** The size of a chunk that is sent, in UTF-16 units. */
const CHUNK_LENGTH = 256 * 1024;

/** What is written of one SVG, and what it refers to. */
export class SvgOutput {
  private pieces: string[] = [];
  private length = 0;
  private ids = 0;

  constructor(
    readonly fonts: SvgFonts,
    readonly pictures: SvgPictures,
  ) {}

  /** Whether there is enough for a chunk. */
  get isFull(): boolean {
    return this.length >= CHUNK_LENGTH;
  }

  write(markup: string): void {
    this.pieces.push(markup);
    this.length += markup.length;
  }

  nextId(prefix: string): string {
    this.ids += 1;
    return `${prefix}-${this.ids}`;
  }

  /** Takes what was written since the last call. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = new TextEncoder().encode(this.pieces.join(''));
    this.pieces = [];
    this.length = 0;
    return bytes;
  }
}
