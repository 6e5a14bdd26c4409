import type { Size } from '../size';

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

/** The size that the root element declares, or that its view box has. */
export function sizeOf(root: ReadonlyMap<string, string>): Size {
  const [, , boxWidth = 0, boxHeight = 0] = (root.get('viewBox') ?? '')
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  const box = boxWidth > 0 && boxHeight > 0 ? { width: boxWidth, height: boxHeight } : null;
  const width = lengthOf(root.get('width'));
  const height = lengthOf(root.get('height'));
  if (width !== null && height !== null) return { width, height };
  if (box === null) return { width: width ?? UNSIZED.width, height: height ?? UNSIZED.height };
  if (width !== null) return { width, height: (width * box.height) / box.width };
  if (height !== null) return { width: (height * box.width) / box.height, height };
  return box;
}

/** A positive length in pixels; `null` for percentages and whatever else is no length. */
function lengthOf(value: string | undefined): number | null {
  const match = /^(\d*\.?\d+(?:e[-+]?\d+)?)([a-z]*)$/i.exec(value?.trim() ?? '');
  const unit = PIXELS_PER_UNIT[(match?.[2] ?? '').toLowerCase()];
  const length = Number(match?.[1]) * (unit ?? NaN);
  return length > 0 && Number.isFinite(length) ? length : null;
}
