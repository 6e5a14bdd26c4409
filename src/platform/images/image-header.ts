import type { Size } from './size';

/** What an image file says of itself. */
export interface ImageHeader extends Size {
  readonly format: 'png' | 'jpeg' | 'gif' | 'webp';
  /** Whether the image comes in rounds, as a progressive JPEG does: all of them have to be kept until the last. */
  readonly isProgressive: boolean;
}

/**
 * The size a PNG, JPEG, GIF or WebP file declares, read without decoding it; `null` when the bytes are none of these
 * or end too early.
 */
export function measureImage(bytes: Uint8Array): ImageHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47])) return pngHeader(view);
    if (startsWith(bytes, [0x47, 0x49, 0x46, 0x38])) return { ...gifSize(view), format: 'gif', isProgressive: false };
    if (startsWith(bytes, [0xff, 0xd8])) return jpegHeader(view);
    if (startsWith(bytes, [0x52, 0x49, 0x46, 0x46])) return webpHeader(view);
    return null;
  } catch (error) {
    // A read beyond the end: the file is cut off.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function startsWith(bytes: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, index) => bytes[index] === byte);
}

function pngHeader(view: DataView): ImageHeader {
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  // The last byte of the header says whether the image is interlaced. Some files end before it.
  return { width, height, format: 'png', isProgressive: view.byteLength > 28 && view.getUint8(28) === 1 };
}

function gifSize(view: DataView): Size {
  return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

/** Walks the segments to the first frame header (SOF0..SOF15 but DHT, JPG and DAC). */
function jpegHeader(view: DataView): ImageHeader | null {
  let offset = 2;
  while (offset < view.byteLength) {
    if (view.getUint8(offset) !== 0xff) return null;
    const marker = view.getUint8(offset + 1);
    if (marker === 0xff) {
      offset += 1;
    } else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      const [width, height] = [view.getUint16(offset + 7), view.getUint16(offset + 5)];
      return { width, height, format: 'jpeg', isProgressive: marker === 0xc2 };
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
  return size && { ...size, format: 'webp', isProgressive: false };
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
