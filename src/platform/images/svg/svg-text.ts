/** Whether the bytes are an SVG file. */
export function looksLikeSvg(bytes: Uint8Array): boolean {
  return /<(?:[\w-]+:)?svg[\s>]/i.test(decodeXmlText(bytes.subarray(0, 65_536)));
}

/** Decodes an XML file by its byte order mark, by its declaration, or as UTF-8. */
export function decodeXmlText(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  const declared = /^\s*<\?xml[^>]*?encoding\s*=\s*["']([-\w]+)["']/.exec(start)?.[1];
  const marked = start.startsWith('\xff\xfe') ? 'utf-16le' : start.startsWith('\xfe\xff') ? 'utf-16be' : undefined;
  try {
    return new TextDecoder(marked ?? declared).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}
