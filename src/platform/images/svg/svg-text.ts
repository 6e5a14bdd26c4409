/** Whether the bytes are SVG text rather than a pixel image. */
export function looksLikeSvg(bytes: Uint8Array): boolean {
  return /<(?:[\w-]+:)?svg[\s>]/i.test(textOf(bytes.subarray(0, 65_536)));
}

/** The text of an XML file in its own encoding: by its byte order mark, by its declaration, or else UTF-8. */
export function textOf(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  const declared = /^\s*<\?xml[^>]*?encoding\s*=\s*["']([-\w]+)["']/.exec(start)?.[1];
  const marked = start.startsWith('\xff\xfe') ? 'utf-16le' : start.startsWith('\xfe\xff') ? 'utf-16be' : undefined;
  try {
    return new TextDecoder(marked ?? declared).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}
