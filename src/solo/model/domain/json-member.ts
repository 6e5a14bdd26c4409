const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN = 1;
const CLOSE = 2;

/** Which bytes matter outside a string: a look-up for each of millions of bytes. */
const ROLES = new Uint8Array(256);
for (const byte of [QUOTE, COLON, COMMA]) ROLES[byte] = byte;
for (const byte of [0x7b, 0x5b]) ROLES[byte] = OPEN;
for (const byte of [0x7d, 0x5d]) ROLES[byte] = CLOSE;

/**
 * Cuts the value of one member out of the text of a JSON object, without parsing it.
 * @param json UTF-8
 * @returns `member`, the bytes of the value, with blanks around it, or `undefined` where there is none; and `rest`, the
 *   text with `null` in its place. Of a name that comes twice the last counts, as in `JSON.parse`. Only a parser can tell
 *   whether the two are sound JSON.
 */
export function splitMember(json: Buffer, name: string): { rest: string; member: Buffer | undefined } {
  const span = findMember(json, name);
  if (!span) return { rest: json.toString('utf8'), member: undefined };
  const rest = `${json.toString('utf8', 0, span.start)}null${json.toString('utf8', span.end)}`;
  return { rest, member: json.subarray(span.start, span.end) };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function findMember(json: Buffer, name: string): Span | undefined {
  let depth = 0;
  let key: Span | undefined;
  let valueStart: number | undefined;
  let found: Span | undefined;
  const endMember = (end: number) => {
    if (key && valueStart !== undefined && isNamed(json, key, name)) found = { start: valueStart, end };
    key = valueStart = undefined;
  };
  for (let at = 0; at < json.length; at += 1) {
    const role = ROLES[json[at] ?? 0];
    if (role === 0) continue;
    if (role === QUOTE) {
      const end = endOfString(json, at);
      if (depth === 1 && valueStart === undefined) key = { start: at, end };
      at = end - 1;
    } else if (role === OPEN) {
      depth += 1;
    } else if (role === CLOSE) {
      if (depth === 1) endMember(at);
      depth -= 1;
    } else if (depth === 1) {
      if (role === COLON) valueStart = at + 1;
      else endMember(at);
    }
  }
  return found;
}

/** The place after the closing quote of the string that opens at `start`; the end of the text where none closes it. */
function endOfString(json: Buffer, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

function isNamed(json: Buffer, { start, end }: Span, name: string): boolean {
  const text = json.toString('utf8', start, end);
  // A key may be written with escapes.
  return text.includes('\\') ? JSON.parse(text) === name : text === `"${name}"`;
}
