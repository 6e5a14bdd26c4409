// @ts-check
// Reads as much of a mail as there is to show of it.

/**
 * @typedef {object} Mail
 * @property {string} from
 * @property {string} to
 * @property {string} subject
 * @property {string} text what it says to those who read no HTML
 * @property {Buffer} raw as it came
 */

/** @param {Buffer} raw @returns {Mail} */
export function readMail(raw) {
  const message = partOf(raw.toString('latin1'));
  const header = (/** @type {string} */ name) => decodedWords(message.headers.get(name) ?? '');
  return { from: header('from'), to: header('to'), subject: header('subject'), text: plainTextOf(message), raw };
}

/** @typedef {{ headers: Map<string, string>, body: string }} Part its bytes as characters, one each */

/** @param {string} bytes @returns {Part} */
function partOf(bytes) {
  const end = /\r?\n\r?\n/.exec(bytes);
  const head = end ? bytes.slice(0, end.index) : bytes;
  const lines = head.replaceAll(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  return { headers, body: end ? bytes.slice(end.index + end[0].length) : '' };
}

/** @param {Part} part @returns {string} */
function plainTextOf({ headers, body }) {
  const type = headers.get('content-type') ?? 'text/plain';
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary === undefined) {
    if (!/^text\/plain/i.test(type)) return '';
    return decodedBody(body, headers.get('content-transfer-encoding') ?? '7bit').toString('utf8');
  }
  const parts = body.split(`--${boundary}`).slice(1, -1);
  return parts.map((part) => plainTextOf(partOf(part.replace(/^\r?\n/, '')))).find((text) => text !== '') ?? '';
}

/** @param {string} body @param {string} encoding */
function decodedBody(body, encoding) {
  if (/base64/i.test(encoding)) return Buffer.from(body, 'base64');
  return Buffer.from(/quoted-printable/i.test(encoding) ? unquoted(body.replaceAll(/=\r?\n/g, '')) : body, 'latin1');
}

/** Words of a header in other letters than ASCII: `=?UTF-8?Q?…?=`. @param {string} header */
function decodedWords(header) {
  const joined = header.replaceAll(/\?=\s+=\?/g, '?==?');
  return joined.replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, way, text) => {
    const isBase64 = /b/i.test(way);
    return decodedBody(isBase64 ? text : text.replaceAll('_', ' '), isBase64 ? 'base64' : 'quoted-printable').toString(
      'utf8',
    );
  });
}

/** @param {string} text */
const unquoted = (text) => text.replaceAll(/=([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
