import { colourNames } from './colour-names';

const HEX = /^#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/;
const FUNCTION = /^(rgb|hsl)a?\(([-+.0-9a-z%,/ ]{1,80})\)$/;
const NUMBER = /^([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)(%|deg|rad|grad|turn)?$/;

/**
 * The one place where a colour of a board is judged: `#hex`, `rgb()`, `hsl()` and CSS names pass, in a spelling that
 * every painter understands. A canvas ignores an invalid colour and keeps the one before, so garbage becomes `fallback`.
 */
export function colourOf(value: unknown, fallback: string): string {
  if (typeof value !== 'string' || value.length > 100) return fallback;
  const colour = value.trim().toLowerCase();
  if (HEX.test(colour) || colourNames.has(colour)) return colour;
  const call = FUNCTION.exec(colour);
  return (call && functional(call[1] as 'rgb' | 'hsl', call[2] ?? '')) ?? fallback;
}

/** Whether a colour is named at all: what has none is not drawn. */
export function namesColour(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

interface Term {
  readonly value: number;
  readonly unit: string;
}

function functional(model: 'rgb' | 'hsl', body: string): string | null {
  const terms = body
    .split(/[\s,/]+/)
    .filter((term) => term !== '')
    .map(termOf);
  const [first, second, third, alpha] = terms;
  if (terms.length > 4 || terms.includes(null) || !first || !second || !third) return null;
  const channels = model === 'rgb' ? rgbOf(first, second, third) : hslOf(first, second, third);
  if (channels === null) return null;
  return `rgba(${channels.join(', ')}, ${alpha ? fractionOf(alpha) : 1})`;
}

function termOf(text: string): Term | null {
  const match = NUMBER.exec(text);
  const value = Number(match?.[1]);
  return match && Number.isFinite(value) ? { value, unit: match[2] ?? '' } : null;
}

function fractionOf(term: Term): number {
  return clamp(term.unit === '%' ? term.value / 100 : term.value, 0, 1);
}

function rgbOf(...terms: [Term, Term, Term]): number[] | null {
  if (terms.some(({ unit }) => unit !== '' && unit !== '%')) return null;
  return terms.map(({ value, unit }) => Math.round(clamp(unit === '%' ? value * 2.55 : value, 0, 255)));
}

const TURN: Readonly<Record<string, number>> = { '': 360, deg: 360, grad: 400, rad: 2 * Math.PI, turn: 1 };

/** Formula of CSS Color Module Level 4, "HSL Colors to sRGB". */
function hslOf(hue: Term, saturation: Term, lightness: Term): number[] | null {
  const turn = TURN[hue.unit];
  if (turn === undefined) return null;
  const h = (((hue.value / turn) % 1) + 1) % 1;
  const s = clamp(saturation.value / 100, 0, 1);
  const l = clamp(lightness.value / 100, 0, 1);
  return [0, 8, 4].map((n) => {
    const k = (n + h * 12) % 12;
    return Math.round(255 * (l - s * Math.min(l, 1 - l) * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  });
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
