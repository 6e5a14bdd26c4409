import sharp from 'sharp';
import { ImageRefusedError } from '../image-protocol';
import type { Size } from '../image-scaling';
import { type SvgDocument, writeSvg } from './svg-reader';

const MAX_SIDE = 8192;
const MAX_RASTER_PIXELS = 16_000_000;
/** Filters process every pixel many times. */
const MAX_FILTERED_PIXELS = 1_000_000;
/** The pixels of all layers, which take about two seconds. */
const MAX_LAYER_PIXELS = 200_000_000;
/** A picture with a smaller share of the requested pixels would be unrecognizable. */
const MIN_SHARE = 0.05;
/** For the surface of librsvg, the buffers of libvips and the result. */
const BYTES_PER_PIXEL = 12;
const BYTES_PER_LAYER_PIXEL = 3;
/** librsvg holds two copies of an embedded image. */
const BYTES_PER_EMBEDDED_PIXEL = 8;

/** Raw pixels: red, green, blue and alpha, not premultiplied. */
export interface RenderedSvg extends Size {
  readonly pixels: Buffer;
}

export interface SvgLimits {
  readonly maxPixels: number;
  /** The maximum memory of the rendering, in bytes. */
  readonly memory: number;
}

/**
 * Renders a sanitized document at `scale`, or at the largest scale within the limits.
 * @throws ImageRefusedError when librsvg cannot read it, or the limits allow too few pixels
 */
export async function renderSvg(document: SvgDocument, scale: number, limits: SvgLimits): Promise<RenderedSvg> {
  const { width, height } = targetSize(document, scale, limits);
  const text = writeSvg(document, { width, height });
  try {
    const { data, info } = await sharp(Buffer.from(text), { limitInputPixels: MAX_RASTER_PIXELS * 2 })
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, pixels: data };
  } catch {
    throw new ImageRefusedError('the SVG file cannot be read');
  }
}

function targetSize({ size, cost, hasFilters, embeddedPixels }: SvgDocument, scale: number, limits: SvgLimits): Size {
  const { width, height } = size;
  const memory = limits.memory - embeddedPixels * BYTES_PER_EMBEDDED_PIXEL;
  const budget = Math.min(
    hasFilters ? MAX_FILTERED_PIXELS : MAX_RASTER_PIXELS,
    limits.maxPixels,
    MAX_LAYER_PIXELS / Math.max(1, cost.layers),
    memory / (BYTES_PER_PIXEL + BYTES_PER_LAYER_PIXEL * cost.depth),
  );
  const allowed = Math.min(
    scale,
    Math.sqrt(Math.max(0, budget) / (width * height)),
    MAX_SIDE / Math.max(width, height),
  );
  const isTooLittle = budget < MAX_FILTERED_PIXELS && allowed < Math.min(1, scale) * Math.sqrt(MIN_SHARE);
  if (isTooLittle) throw new ImageRefusedError('the SVG file takes too long, or too much memory, to draw');
  return { width: Math.max(1, Math.round(width * allowed)), height: Math.max(1, Math.round(height * allowed)) };
}
