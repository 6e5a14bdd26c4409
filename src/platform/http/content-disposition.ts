// Control characters, and characters that reorder text and could disguise the extension.
const INVISIBLE = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * The Content-Disposition header (RFC 6266) that makes a browser save the response as `fileName`, which may be any text: path
 * separators become `_`, and control characters are removed. It has an ASCII name for old clients too.
 */
export function attachmentDisposition(fileName: string): string {
  const name = fileName.replace(INVISIBLE, '').replace(/[/\\]/g, '_').trim() || 'download';
  const ascii = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    // Some clients decode percent signs; quotes would end the value.
    .replace(/[^ -~]|["%\\/]/gu, '_');
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encodeExtended(name)}`;
}

// RFC 5987 allows fewer unencoded characters than URLs.
function encodeExtended(text: string): string {
  return encodeURIComponent(text).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
