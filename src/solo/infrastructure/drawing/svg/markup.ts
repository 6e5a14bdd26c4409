/** What XML 1.0 forbids even as a reference: control characters, lone surrogates and two non-characters. */
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};

/** Escapes a text for the content of an element or for an attribute in double quotes. */
export function escapeXml(text: string): string {
  return text.replace(FORBIDDEN, '\ufffd').replace(/[&<>"\r]/g, (character) => ESCAPES[character] ?? '');
}

/** Writes a start tag without its closing bracket. Attributes of `undefined` are left out. */
export function startTag(name: string, attributes: Readonly<Record<string, string | number | undefined>>): string {
  let tag = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    tag += ` ${key}="${typeof value === 'number' ? formatNumber(value) : escapeXml(value)}"`;
  }
  return tag;
}

/** Writes a number with at most three decimals, or as many as are given. */
export function formatNumber(value: number, decimals = 3): string {
  if (!Number.isFinite(value)) return '0';
  const factor = 10 ** decimals;
  const rounded = Math.round(value * factor) / factor;
  if (rounded === 0) return '0';
  // SVG knows exponents, but some of its readers do not.
  const text = Math.abs(rounded) >= 1e21 || Math.abs(rounded) < 1e-6 ? rounded.toFixed(decimals) : String(rounded);
  return text.replace(/^(-?)0\./, '$1.');
}

export interface Paint {
  readonly colour: string;
  /** `undefined` is opaque. */
  readonly opacity: number | undefined;
}

/** Splits a colour of a board into an opaque colour, which every reader of SVG knows, and its opacity. */
export function toPaint(colour: string, alpha: number): Paint {
  const [opaque, own] = splitColour(colour);
  const opacity = own * alpha;
  return { colour: opaque, opacity: opacity >= 1 ? undefined : opacity };
}

function splitColour(colour: string): [string, number] {
  if (colour === 'transparent') return ['none', 1];
  const short = /^#([0-9a-f]{3})([0-9a-f])$/.exec(colour);
  if (short) return [`#${short[1]}`, parseInt(short[2] ?? 'f', 16) / 15];
  const long = /^#([0-9a-f]{6})([0-9a-f]{2})$/.exec(colour);
  if (long) return [`#${long[1]}`, parseInt(long[2] ?? 'ff', 16) / 255];
  const call = /^rgba\((\d+), (\d+), (\d+), ([\d.e-]+)\)$/.exec(colour);
  if (call) return [`rgb(${call[1]},${call[2]},${call[3]})`, Number(call[4])];
  return [colour, 1];
}
