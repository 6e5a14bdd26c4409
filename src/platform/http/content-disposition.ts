// Characters that reorder text would let a name show another ending than it has.
const UNSEEN = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * The Content-Disposition header (RFC 6266) that makes a browser save the answer as `fileName`: any Unicode text; path
 * separators become `_`, control characters are dropped. It also gives the ASCII name that old clients read.
 */
export function attachmentDisposition(fileName: string): string {
  const name = fileName.replace(UNSEEN, '').replace(/[/\\]/g, '_').trim() || 'download';
  const ascii = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    // Percent signs are decoded by some clients, quotes would end the value.
    .replace(/[^ -~]|["%\\/]/gu, '_');
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encodeExtended(name)}`;
}

// RFC 5987 allows less unencoded than URLs do.
function encodeExtended(text: string): string {
  return encodeURIComponent(text).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
