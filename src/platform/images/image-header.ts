import type { Size } from './image-scaling';

/** The header of an image file. */
export interface ImageHeader extends Size {
  readonly format: 'png' | 'jpeg' | 'gif' | 'webp';
  /** Whether the image is progressive or interlaced: the decoder buffers it whole. */
  readonly isProgressive: boolean;
  /** Whether pixels may be transparent. Skia draws opaque images differently. */
  readonly hasAlpha: boolean;
}

/**
 * Reads the header of a PNG, JPEG, GIF or WebP file without decoding it; `null` when the bytes are
 * none of these or end too early.
 */
export function readImageHeader(bytes: Uint8Array): ImageHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47])) return pngHeader(view);
    if (startsWith(bytes, [0x47, 0x49, 0x46, 0x38])) return gifHeader(view);
    if (startsWith(bytes, [0xff, 0xd8])) return jpegHeader(view);
    if (startsWith(bytes, [0x52, 0x49, 0x46, 0x46])) return webpHeader(view);
    return null;
  } catch (error) {
    // A read beyond the end: the file is truncated.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function startsWith(bytes: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, index) => bytes[index] === byte);
}

function pngHeader(view: DataView): ImageHeader {
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  // A truncated file may end here.
  const isWhole = view.byteLength > 28;
  const hasChannel = isWhole && (view.getUint8(25) & 4) !== 0;
  const isProgressive = isWhole && view.getUint8(28) === 1;
  return { width, height, format: 'png', isProgressive, hasAlpha: hasChannel || hasTransparentColour(view) };
}

/** Whether a PNG file has a tRNS chunk, which is before the pixels. */
function hasTransparentColour(view: DataView): boolean {
  for (let offset = 8; offset + 8 <= view.byteLength; offset += 12 + view.getUint32(offset)) {
    const type = view.getUint32(offset + 4);
    if (type === 0x74524e53) return true;
    if (type === 0x49444154) return false;
  }
  return false;
}

function gifHeader(view: DataView): ImageHeader {
  const [width, height] = [view.getUint16(6, true), view.getUint16(8, true)];
  return { width, height, format: 'gif', isProgressive: false, hasAlpha: !hasOpaqueFrame(view, width, height) };
}

/** Whether the first frame of a GIF file covers the whole image, without a transparent colour. */
function hasOpaqueFrame(view: DataView, width: number, height: number): boolean {
  if (view.byteLength < 13) return false;
  const flags = view.getUint8(10);
  let offset = 13 + ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1));
  while (offset + 10 <= view.byteLength) {
    const block = view.getUint8(offset);
    if (block === 0x2c) {
      const [left, top] = [view.getUint16(offset + 1, true), view.getUint16(offset + 3, true)];
      const [right, bottom] = [left + view.getUint16(offset + 5, true), top + view.getUint16(offset + 7, true)];
      return left === 0 && top === 0 && right >= width && bottom >= height;
    }
    if (block !== 0x21) return false;
    if (view.getUint8(offset + 1) === 0xf9 && (view.getUint8(offset + 3) & 1) === 1) return false;
    offset += 2;
    while (offset < view.byteLength && view.getUint8(offset) > 0) offset += 1 + view.getUint8(offset);
    offset += 1;
  }
  return false;
}

/** Scans the segments for the first frame header (SOF0..SOF15 except DHT, JPG and DAC). */
function jpegHeader(view: DataView): ImageHeader | null {
  let offset = 2;
  while (offset < view.byteLength) {
    if (view.getUint8(offset) !== 0xff) return null;
    const marker = view.getUint8(offset + 1);
    if (marker === 0xff) {
      offset += 1;
    } else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      const [width, height] = [view.getUint16(offset + 7), view.getUint16(offset + 5)];
      return { width, height, format: 'jpeg', isProgressive: marker === 0xc2, hasAlpha: false };
    } else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      offset += 2;
    } else {
      offset += 2 + Math.max(2, view.getUint16(offset + 2));
    }
  }
  return null;
}

function webpHeader(view: DataView): ImageHeader | null {
  const size = webpSize(view);
  return size && { ...size, format: 'webp', isProgressive: false, hasAlpha: webpHasAlpha(view) };
}

function webpHasAlpha(view: DataView): boolean {
  const kind = view.getUint32(12);
  if (kind === 0x5650384c) return (view.getUint32(21, true) & 0x10000000) !== 0;
  return kind === 0x56503858 && (view.getUint8(20) & 0x10) !== 0;
}

/** The three kinds of WebP: lossy (VP8), lossless (VP8L), extended (VP8X). */
function webpSize(view: DataView): Size | null {
  const uint24 = (offset: number) => view.getUint16(offset, true) | (view.getUint8(offset + 2) << 16);
  switch (view.getUint32(12)) {
    case 0x56503820:
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    case 0x5650384c: {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 0x56503858:
      return { width: uint24(24) + 1, height: uint24(27) + 1 };
    default:
      return null;
  }
}
