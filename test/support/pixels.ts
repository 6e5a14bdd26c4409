import sharp from 'sharp';

/** Decodes a picture once. @returns the red, green, blue and alpha of a pixel */
export async function pixelsOf(file: Uint8Array): Promise<(x: number, y: number) => number[]> {
  const { data, info } = await sharp(file).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return (x, y) => [...data.subarray((y * info.width + x) * 4, (y * info.width + x) * 4 + 4)];
}
