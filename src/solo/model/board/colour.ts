const HEX = /^#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/;
const FUNCTION = /^(rgb|hsl)a?\(([-+.0-9a-z%,/ ]{1,80})\)$/;
const NUMBER = /^([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)(%|deg|rad|grad|turn)?$/;

/**
 * Validates a colour: `#hex`, `rgb()`, `hsl()` or a CSS name. The result has a notation that Skia
 * and PDF understand. An invalid colour becomes `fallback`, because a canvas would ignore it and
 * keep the previous colour.
 */
export function toColour(value: unknown, fallback: string): string {
  if (typeof value !== 'string' || value.length > 100) return fallback;
  const colour = value.trim().toLowerCase();
  if (HEX.test(colour) || colourNames.has(colour)) return colour;
  const call = FUNCTION.exec(colour);
  return (call && parseFunction(call[1] as 'rgb' | 'hsl', call[2] ?? '')) ?? fallback;
}

/** Whether an element has a colour; without one it is not drawn. */
export function hasColour(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

interface Term {
  readonly value: number;
  readonly unit: string;
}

function parseFunction(model: 'rgb' | 'hsl', body: string): string | null {
  const terms = body
    .split(/[\s,/]+/)
    .filter((term) => term !== '')
    .map(toTerm);
  const [first, second, third, alpha] = terms;
  if (terms.length > 4 || terms.includes(null) || !first || !second || !third) return null;
  const channels = model === 'rgb' ? toRgb(first, second, third) : hslToRgb(first, second, third);
  if (channels === null) return null;
  return `rgba(${channels.join(', ')}, ${alpha ? toFraction(alpha) : 1})`;
}

function toTerm(text: string): Term | null {
  const match = NUMBER.exec(text);
  const value = Number(match?.[1]);
  return match && Number.isFinite(value) ? { value, unit: match[2] ?? '' } : null;
}

function toFraction(term: Term): number {
  return clamp(term.unit === '%' ? term.value / 100 : term.value, 0, 1);
}

function toRgb(...terms: [Term, Term, Term]): number[] | null {
  if (terms.some(({ unit }) => unit !== '' && unit !== '%')) return null;
  return terms.map(({ value, unit }) => Math.round(clamp(unit === '%' ? value * 2.55 : value, 0, 255)));
}

const TURN: Readonly<Record<string, number>> = { '': 360, deg: 360, grad: 400, rad: 2 * Math.PI, turn: 1 };

/** The formula of CSS Color Module Level 4, "HSL Colors to sRGB". */
function hslToRgb(hue: Term, saturation: Term, lightness: Term): number[] | null {
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

/** The named colours of CSS Color Module Level 4, with `transparent`. */
const colourNames: ReadonlySet<string> = new Set(
  (
    'aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet brown burlywood ' +
    'cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan darkblue darkcyan darkgoldenrod ' +
    'darkgray darkgreen darkgrey darkkhaki darkmagenta darkolivegreen darkorange darkorchid darkred darksalmon ' +
    'darkseagreen darkslateblue darkslategray darkslategrey darkturquoise darkviolet deeppink deepskyblue dimgray ' +
    'dimgrey dodgerblue firebrick floralwhite forestgreen fuchsia gainsboro ghostwhite gold goldenrod gray green ' +
    'greenyellow grey honeydew hotpink indianred indigo ivory khaki lavender lavenderblush lawngreen lemonchiffon ' +
    'lightblue lightcoral lightcyan lightgoldenrodyellow lightgray lightgreen lightgrey lightpink lightsalmon ' +
    'lightseagreen lightskyblue lightslategray lightslategrey lightsteelblue lightyellow lime limegreen linen ' +
    'magenta maroon mediumaquamarine mediumblue mediumorchid mediumpurple mediumseagreen mediumslateblue ' +
    'mediumspringgreen mediumturquoise mediumvioletred midnightblue mintcream mistyrose moccasin navajowhite navy ' +
    'oldlace olive olivedrab orange orangered orchid palegoldenrod palegreen paleturquoise palevioletred papayawhip ' +
    'peachpuff peru pink plum powderblue purple rebeccapurple red rosybrown royalblue saddlebrown salmon sandybrown ' +
    'seagreen seashell sienna silver skyblue slateblue slategray slategrey snow springgreen steelblue tan teal ' +
    'thistle tomato transparent turquoise violet wheat white whitesmoke yellow yellowgreen'
  ).split(' '),
);
