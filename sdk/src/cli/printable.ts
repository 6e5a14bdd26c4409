/** Control characters, and characters that reorder the text around them. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Characters that Windows refuses in names. */
const REFUSED = /[<>:"|?*]/g;

const MAX_NAME_BYTES = 200;

/** A text of the service for a terminal: without characters that would move the cursor or change what is shown. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd');
}

/**
 * A file name of the service without a path, without characters that terminals or file systems treat specially, and never
 * hidden.
 */
export function safeFileName(name: string, fallback: string): string {
  const base = name.split(/[\\/]/).at(-1) ?? '';
  const safe = base
    .replace(UNPRINTABLE, '')
    .replace(REFUSED, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  return shorten(safe) || fallback;
}

/** Shortens the name before its extension to what file systems accept, with room for `.part`. */
function shorten(name: string): string {
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name;
  const extension = /\.[A-Za-z0-9.]{1,16}$/.exec(name)?.[0] ?? '';
  let stem = '';
  for (const character of name.slice(0, name.length - extension.length)) {
    if (Buffer.byteLength(stem + character + extension) > MAX_NAME_BYTES) break;
    stem += character;
  }
  return stem + extension;
}
