import { createCanvas, ImageData, type Canvas } from '@napi-rs/canvas';
import sharp from 'sharp';
import { AssetRefusedError } from '../../model/board/asset-loader';
import type { Size } from '../../model/board/board';
import { decodeDataUrl } from './data-url';
import { measureImage } from './image-header';

const ROOT = /<svg\b(?:[^>"']|"[^"]*"|'[^']*')*>/i;
const EMBEDDED = /data:[^"')<]*/gi;
const PIXELS_PER_UNIT: Readonly<Record<string, number>> = {
  '': 1,
  px: 1,
  pt: 96 / 72,
  pc: 16,
  in: 96,
  cm: 96 / 2.54,
  mm: 96 / 25.4,
  em: 16,
  rem: 16,
};
/** What browsers take for an SVG that tells neither size nor view box. */
const UNSIZED: Size = { width: 300, height: 150 };
const MAX_RASTER_PIXELS = 16_000_000;
/** Filters work on every pixel, many times over: a hostile one would take minutes on a large picture. */
const MAX_FILTERED_PIXELS = 1_000_000;
const MAX_BYTES = 4_000_000;
/** Each step of a filter takes its time on every pixel; what draws noise takes minutes. */
const FILTER_STEP = /<(?:\w+:)?fe[A-Z]\w*/g;
const MOST_FILTER_STEPS = 20;
const MOST_SECONDS = 5;

/** An SVG file that was looked through and may be rendered. */
export interface SvgDocument {
  readonly size: Size;
  readonly text: string;
}

/** Whether the bytes are SVG text rather than a pixel image. */
export function looksLikeSvg(bytes: Uint8Array): boolean {
  return /<svg[\s>]/i.test(Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 65_536)).toString());
}

/**
 * Checks an SVG file and reads its size. References to files and hosts need no check: librsvg follows none in a file
 * that comes from memory.
 * @param maxPixels of images embedded in it
 * @throws AssetRefusedError
 */
export function readSvg(bytes: Uint8Array, maxPixels: number): SvgDocument {
  if (bytes.byteLength > MAX_BYTES) throw new AssetRefusedError('the SVG file is too large');
  const text = Buffer.from(bytes).toString('utf8');
  const filterSteps = text.match(FILTER_STEP) ?? [];
  if (filterSteps.length > MOST_FILTER_STEPS || filterSteps.some((step) => step.endsWith('feTurbulence'))) {
    throw new AssetRefusedError('the SVG file filters too much');
  }
  if (/<!ENTITY/i.test(text)) throw new AssetRefusedError('the SVG file declares entities');
  for (const [url] of text.matchAll(EMBEDDED)) {
    const embedded = measureImage(decodeDataUrl(url.replaceAll(/\s|&#(?:10|13|xA|xD);/gi, '')));
    if (embedded === null) throw new AssetRefusedError('the SVG file embeds something that is not an image');
    if (embedded.width * embedded.height > maxPixels) throw new AssetRefusedError('the SVG file embeds a huge image');
  }
  const root = ROOT.exec(text)?.[0];
  if (root === undefined) throw new AssetRefusedError('the SVG file cannot be read');
  return { size: sizeOf(root), text };
}

/**
 * Renders an SVG, its own size enlarged by `scale` as far as memory allows.
 * @throws AssetRefusedError when librsvg cannot read it
 */
export async function renderSvg(svg: SvgDocument, scale: number): Promise<Canvas> {
  const { width, height } = svg.size;
  const budget = /<filter[\s>]/i.test(svg.text) ? MAX_FILTERED_PIXELS : MAX_RASTER_PIXELS;
  const allowed = Math.min(scale, Math.sqrt(budget / (width * height)), 8192 / Math.max(width, height));
  const target = { width: Math.max(1, Math.round(width * allowed)), height: Math.max(1, Math.round(height * allowed)) };
  const resized = Buffer.from(svg.text.replace(ROOT, (root) => withSize(root, svg.size, target)));
  try {
    const { data, info } = await sharp(resized, { limitInputPixels: MAX_RASTER_PIXELS * 2 })
      .timeout({ seconds: MOST_SECONDS })
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const canvas = createCanvas(info.width, info.height);
    const pixels = new Uint8ClampedArray(data.buffer, data.byteOffset, data.byteLength);
    canvas.getContext('2d').putImageData(new ImageData(pixels, info.width, info.height), 0, 0);
    return canvas;
  } catch {
    throw new AssetRefusedError('the SVG file cannot be read');
  }
}

function sizeOf(root: string): Size {
  const [, , boxWidth = 0, boxHeight = 0] = (attribute(root, 'viewBox') ?? '').split(/[\s,]+/).map(Number);
  const box = boxWidth > 0 && boxHeight > 0 ? { width: boxWidth, height: boxHeight } : null;
  const width = lengthOf(attribute(root, 'width'));
  const height = lengthOf(attribute(root, 'height'));
  if (width !== null && height !== null) return { width, height };
  if (box === null) return { width: width ?? UNSIZED.width, height: height ?? UNSIZED.height };
  if (width !== null) return { width, height: (width * box.height) / box.width };
  if (height !== null) return { width: (height * box.width) / box.height, height };
  return box;
}

/** The root element with another size, and a view box that keeps its content at the old one. */
function withSize(root: string, from: Size, to: Size): string {
  const viewBox = attribute(root, 'viewBox') ?? `0 0 ${from.width} ${from.height}`;
  const bare = root.replaceAll(/\s(?:width|height|viewBox)\s*=\s*(?:"[^"]*"|'[^']*')/g, '');
  const sized = `<svg width="${to.width}" height="${to.height}" viewBox="${viewBox}"`;
  return bare.replace(/^<svg/i, () => sized);
}

function attribute(root: string, name: string): string | null {
  const match = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(root);
  return match === null ? null : (match[1] ?? match[2] ?? '').replaceAll('"', '').trim();
}

/** A positive length in pixels; `null` for percentages and whatever else is no length. */
function lengthOf(value: string | null): number | null {
  const match = /^(\d*\.?\d+(?:e[-+]?\d+)?)([a-z]*)$/i.exec(value ?? '');
  const unit = PIXELS_PER_UNIT[(match?.[2] ?? '').toLowerCase()];
  const length = Number(match?.[1]) * (unit ?? NaN);
  return length > 0 && Number.isFinite(length) ? length : null;
}
