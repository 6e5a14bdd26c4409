import type { Size } from '../../model/board/board';

const HEADER_BYTES = 14 + 108;

/** An uncompressed bitmap file (BMP) that is filled row by row: Skia reads raw pixels in no other way. */
export class BitmapFile {
  bytes: Buffer<ArrayBuffer>;
  private end = HEADER_BYTES;

  constructor({ width, height }: Size, isOpaque: boolean) {
    const pixels = width * height * 4;
    const bytes = Buffer.from(new ArrayBuffer(HEADER_BYTES + pixels));
    bytes.write('BM');
    bytes.writeUInt32LE(bytes.length, 2);
    bytes.writeUInt32LE(HEADER_BYTES, 10);
    // The header of version 4, which has room for alpha.
    bytes.writeUInt32LE(108, 14);
    bytes.writeInt32LE(width, 18);
    // Negative: from top to bottom.
    bytes.writeInt32LE(-height, 22);
    bytes.writeUInt16LE(1, 26);
    bytes.writeUInt16LE(32, 28);
    // Uncompressed, by masks: red, green, blue, alpha.
    bytes.writeUInt32LE(3, 30);
    bytes.writeUInt32LE(pixels, 34);
    [0xff, 0xff00, 0xff0000, isOpaque ? 0 : 0xff000000].forEach((mask, index) =>
      bytes.writeUInt32LE(mask, 54 + 4 * index),
    );
    bytes.write('BGRs', 70);
    this.bytes = bytes;
  }

  get isComplete(): boolean {
    return this.end === this.bytes.length;
  }

  append(rows: Uint8Array): void {
    this.bytes.set(rows, this.end);
    this.end += rows.byteLength;
  }

  /** Gives its memory back, even where something still refers to it. */
  release(): void {
    structuredClone(this.bytes.buffer, { transfer: [this.bytes.buffer] });
  }
}
