import { findInvalidMember, type Manifest } from './manifest.js';
import { type Finding, type FindingCode, toFinding } from './report.js';
import { decodeUtf8, isObject, isSignedBy, type Jws, type KeySet, parseJws } from './signature.js';

/** A manifest that was read. If it is signed, it is the signed text that counts, and not the readable copy of it. */
export interface ManifestDocument {
  readonly manifest: Manifest;
  /** The thumbprint of the key whose signature is valid. */
  readonly signedBy: string | null;
}

/** Where a manifest is decides how the service has written its file. */
export type Place = 'inside' | 'outside';

interface ReadDocument {
  readonly document: ManifestDocument | null;
  readonly findings: readonly Finding[];
}

/**
 * Reads the file of a manifest as strictly as the service writes it.
 * @param keys `null` if there are none
 */
export async function readManifest(
  bytes: Uint8Array,
  file: string,
  place: Place,
  keys: KeySet | null,
): Promise<ReadDocument> {
  const text = decodeUtf8(bytes);
  const parsed = text === null ? null : parseJson(text);
  if (text === null || !isObject(parsed)) return { document: null, findings: [toFinding('manifest-unreadable', file)] };
  const { manifest: copy, jws: signed } = parsed;
  const findings: Finding[] = [];
  const add = (code: FindingCode, values: Record<string, string | number> = {}) => {
    findings.push(toFinding(code, file, { values }));
  };
  const jws = typeof signed === 'string' ? parseJws(signed) : null;
  if (signed !== null && jws === null) add('signature-malformed');
  const signedBy = jws && keys ? await checkSignature(jws, keys, add) : null;
  if (signed === null && keys) add('signature-missing');
  if (!keys) add('keys-missing');

  // The zip of several files has the manifest as it is served; other archives have it among members of their own.
  const form = place === 'inside' && text.startsWith(SERVED) ? 'outside' : place;
  const difference = firstDifference(text, toExactText(parsed, jws, form));
  if (difference !== null) add('manifest-modified', { byte: toByteOffset(text, difference) });
  const manifest = signedBy !== null && jws ? parseJson(jws.payload) : copy;
  if (isObject(manifest) && 'version' in manifest && manifest['version'] !== 1) {
    add('manifest-version-unknown', { version: String(manifest['version']) });
    return { document: null, findings };
  }
  const invalid = isObject(manifest) ? findInvalidMember(manifest) : 'manifest';
  if (invalid !== null) {
    add('manifest-invalid', { member: invalid });
    return { document: null, findings };
  }
  return { document: { manifest: manifest as Manifest, signedBy }, findings };
}

async function checkSignature(
  jws: Jws,
  keys: KeySet,
  add: (code: FindingCode, values: Record<string, string>) => void,
): Promise<string | null> {
  const { kid } = jws;
  const key = keys.get(kid);
  if (!key) {
    add('key-unknown', { key: kid });
    return null;
  }
  let isValid: boolean;
  try {
    isValid = await isSignedBy(key, jws);
  } catch {
    add('signature-unsupported', {});
    return null;
  }
  if (isValid) return kid;
  add('signature-invalid', { key: kid });
  return null;
}

const SERVED = '{"manifest":';

/** The only text that the service could have written. What is signed takes the place of the readable copy. */
function toExactText(parsed: Record<string, unknown>, jws: Jws | null, place: Place): string {
  const signed = jws === null ? undefined : parseJson(jws.payload);
  const members = signed === undefined ? parsed : { ...parsed, manifest: signed };
  if (place === 'inside') return `${JSON.stringify(members, null, 2)}\n`;
  const { manifest, jws: signature } = members;
  const text = jws === null ? JSON.stringify(manifest) : jws.payload;
  return `{"manifest":${text},"jws":${JSON.stringify(signature)}}\n`;
}

function firstDifference(text: string, other: string): number | null {
  if (text === other) return null;
  let at = 0;
  while (at < text.length && text[at] === other[at]) at += 1;
  return at;
}

function toByteOffset(text: string, characters: number): number {
  return new TextEncoder().encode(text.slice(0, characters)).length;
}

/** `undefined` if it is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
