import pixelmatch from 'pixelmatch';
import sharp from 'sharp';

/**
 * The share of pixels that differ visibly between two PNG files, both laid on white; 1 when their sizes differ.
 * Anti-aliased edges are not counted, as pixelmatch has it.
 */
export async function pictureDifference(actual: Uint8Array, expected: Uint8Array): Promise<number> {
  const [a, b] = await Promise.all([onWhite(actual), onWhite(expected)]);
  const { width, height } = a.info;
  if (width !== b.info.width || height !== b.info.height) return 1;
  if (a.data.equals(b.data)) return 0;
  return pixelmatch(a.data, b.data, undefined, width, height, { threshold: 0.1 }) / (width * height);
}

function onWhite(file: Uint8Array) {
  return sharp(file).flatten({ background: '#ffffff' }).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
}
