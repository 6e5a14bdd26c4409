import { createCanvas, type Canvas, type Image } from '@napi-rs/canvas';
import type { Size } from '../../model/board/board';

/**
 * Draws an image that is to be seen much smaller from a copy of half its size, or a quarter, and so on: between single
 * pixels far apart, details and edges would flicker. This is how a browser's canvas reduces; it never halves below the
 * wanted size.
 * @param wanted size on the page in device pixels
 * @param draw gets the image itself where it is not reduced
 */
export function drawReduced(pixels: Image | Canvas, wanted: Size, draw: (pixels: Image | Canvas) => void): void {
  const halvings = Math.min(halvingsOf(pixels.width, wanted.width), halvingsOf(pixels.height, wanted.height));
  if (halvings === 0) {
    draw(pixels);
    return;
  }
  const divisor = 2 ** halvings;
  const width = Math.max(1, Math.floor(pixels.width / divisor));
  const height = Math.max(1, Math.floor(pixels.height / divisor));
  const copy = createCanvas(width, height);
  const context = copy.getContext('2d');
  context.imageSmoothingQuality = 'medium';
  context.drawImage(pixels, 0, 0, width, height);
  draw(copy);
  // Gives its memory back at once, not when the garbage is collected.
  copy.width = 1;
  copy.height = 1;
}

function halvingsOf(length: number, wanted: number): number {
  return wanted >= 1 && length > wanted ? Math.floor(Math.log2(length / wanted)) : 0;
}
