import sharp from 'sharp';
import { ImageRefusedError } from '../image-refused-error';
import type { Size } from '../size';
import { type SvgDocument, writeSvg } from './svg-reader';

const MAX_SIDE = 8192;
const MAX_RASTER_PIXELS = 16_000_000;
/** Filters work on every pixel, many times over. */
const MAX_FILTERED_PIXELS = 1_000_000;
/** Pixels of all layers together; about two seconds. */
const MAX_LAYER_PIXELS = 200_000_000;
/** Below this part of its own pixels a picture shows nothing of what it is of. */
const MIN_SHARE = 0.05;
/** librsvg's surface, what becomes of it in libvips, and the pixels that come out. */
const BYTES_PER_PIXEL = 12;
const BYTES_PER_LAYER_PIXEL = 3;
/** librsvg keeps an embedded image twice. */
const BYTES_PER_EMBEDDED_PIXEL = 8;

/** Raw pixels: red, green, blue and alpha, not premultiplied. */
export interface RenderedSvg extends Size {
  readonly pixels: Buffer;
}

/** How large a picture may become. */
export interface SvgLimits {
  readonly maxPixels: number;
  /** Bytes that the rendering may take. */
  readonly memory: number;
}

/**
 * Renders a document, its own size enlarged by `scale` as far as the limits allow. The document is without references to
 * files and hosts.
 * @throws ImageRefusedError when librsvg cannot read it, or the limits leave too little
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
