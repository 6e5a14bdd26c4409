import { ImageRefusedError } from './image-protocol';

const HEAD = /^data:(image\/(?:png|jpe?g|gif|webp|svg\+xml))((?:;[-\w.+=]+)*),/i;

export function isDataUrl(source: string): boolean {
  return /^\s*data:/i.test(source.slice(0, 64));
}

/**
 * Decodes the data URL of an image, in base64 or percent-encoding.
 * @throws ImageRefusedError when it is not a PNG, JPEG, GIF, WebP or SVG image
 */
export function decodeDataUrl(source: string): Uint8Array {
  const url = source.trimStart();
  const head = HEAD.exec(url.slice(0, 256));
  if (head === null) throw new ImageRefusedError('its data is not a PNG, JPEG, GIF, WebP or SVG image');
  const body = url.slice(head[0].length);
  const base64 = (head[2] ?? '').toLowerCase().endsWith(';base64');
  return base64 ? Buffer.from(decodePercent(body).toString('latin1'), 'base64') : decodePercent(body);
}

/** Decodes percent-encoding to bytes. Like in browsers, a lone `%` is a literal. */
function decodePercent(text: string): Buffer {
  if (!text.includes('%')) return Buffer.from(text, 'utf8');
  const pieces: Buffer[] = [];
  let end = 0;
  for (const match of text.matchAll(/(?:%[0-9a-f]{2})+/gi)) {
    pieces.push(Buffer.from(text.slice(end, match.index), 'utf8'), Buffer.from(match[0].replaceAll('%', ''), 'hex'));
    end = match.index + match[0].length;
  }
  pieces.push(Buffer.from(text.slice(end), 'utf8'));
  return Buffer.concat(pieces);
}
