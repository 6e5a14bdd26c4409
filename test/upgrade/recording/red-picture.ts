import { PNG } from 'pngjs';

/** A picture such as a front end draws by itself. */
export function redPicture(width: number, height: number): Buffer {
  const picture = new PNG({ width, height });
  for (let at = 0; at < picture.data.length; at += 4) picture.data.set([255, 0, 0, 255], at);
  return PNG.sync.write(picture);
}
