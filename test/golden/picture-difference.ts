import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

/**
 * The share of pixels that differ visibly between two PNG files, both laid on white; 1 when their sizes differ.
 * Anti-aliased edges are not counted, as pixelmatch has it.
 */
export function pictureDifference(actual: Uint8Array, expected: Uint8Array): number {
  const [a, b] = [onWhite(actual), onWhite(expected)];
  if (a.width !== b.width || a.height !== b.height) return 1;
  const different = pixelmatch(a.data, b.data, undefined, a.width, a.height, { threshold: 0.1 });
  return different / (a.width * a.height);
}

function onWhite(file: Uint8Array): PNG {
  const picture = PNG.sync.read(Buffer.from(file));
  const { data } = picture;
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3]! / 255;
    for (let channel = 0; channel < 3; channel += 1) {
      data[i + channel] = Math.round(data[i + channel]! * alpha + 255 * (1 - alpha));
    }
    data[i + 3] = 255;
  }
  return picture;
}
