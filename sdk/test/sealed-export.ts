import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { crc32, deflateRawSync } from 'node:zlib';
import { fileOfBlob, type VerifiableFile } from '../src/verify/index.js';

const BLOCK_BYTES = 4_194_304;
const DATE = Buffer.from('00000021', 'hex');

export interface TestFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly media_type?: string;
  readonly rows?: number | null;
}

type Members = Readonly<Record<string, unknown>>;

/** Signs manifests, as the service does. */
export class Signer {
  readonly kid: string;
  readonly jwks: { readonly keys: readonly object[] };

  private constructor(private readonly key: KeyObject) {
    const { x } = createPublicKey(key).export({ format: 'jwk' });
    this.kid = createHash('sha256')
      .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
      .digest('base64url');
    this.jwks = { keys: [{ kty: 'OKP', crv: 'Ed25519', x, kid: this.kid, alg: 'EdDSA', use: 'sig' }] };
  }

  static create(): Signer {
    return new Signer(generateKeyPairSync('ed25519').privateKey);
  }

  jws(payload: string, header: object = { alg: 'EdDSA', kid: this.kid, typ: 'export-manifest+jws' }): string {
    const signed = [JSON.stringify(header), payload].map((text) => Buffer.from(text).toString('base64url')).join('.');
    return `${signed}.${sign(null, Buffer.from(signed), this.key).toString('base64url')}`;
  }

  /** The file of a manifest. */
  seal(manifest: Members): Buffer {
    return Buffer.from(`${JSON.stringify({ manifest, jws: this.jws(JSON.stringify(manifest)) })}\n`);
  }

  /** A zip with a manifest inside. */
  sealArchive(manifest: Members, files: readonly TestFile[], others: readonly TestFile[] = []): Buffer {
    const members = { formatVersion: 1, manifest, jws: this.jws(JSON.stringify(manifest)) };
    const entry = { name: 'manifest.json', bytes: Buffer.from(`${JSON.stringify(members, null, 2)}\n`) };
    return toZip([...files, ...others, entry]);
  }
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** @param changes members that replace others, by name */
export function toManifest(files: readonly TestFile[], changes: Members = {}): Members {
  const described = files.map(({ name, bytes, media_type = 'text/csv; charset=utf-8', rows = null }) => {
    const blocks = [];
    for (let at = 0; at < bytes.length; at += BLOCK_BYTES) blocks.push(sha256(bytes.subarray(at, at + BLOCK_BYTES)));
    return { name, media_type, bytes: bytes.length, rows, sha256: sha256(bytes), block_bytes: BLOCK_BYTES, blocks };
  });
  const bytes = described.reduce((sum, file) => sum + file.bytes, 0);
  const rows = described.some((file) => file.rows === null)
    ? null
    : described.reduce((sum, file) => sum + (file.rows ?? 0), 0);
  return {
    version: 1,
    export: { id: 'one', kind: 'data', format: 'csv', requested_at: '2026-11-01T00:00:00.000Z', title: 'Платежі' },
    schedule: null,
    request: { filters: null, options: {}, tables: ['payments'] },
    snapshot: { taken_at: '2026-11-01T00:00:01.000Z', server: '7' },
    tables: [],
    files: described,
    totals: { files: files.length, rows, pages: null, bytes },
    warnings: [],
    service: { name: 'export-service', version: '1.0.0' },
    ...changes,
  };
}

/** A file of `rows` rows with a header, of which some are long and have line breaks. */
export function csv(rows: number, filler = 'x'): Buffer {
  const lines = Array.from({ length: rows }, (_, row) => `${row},"a ""quoted"" text\nof two lines, ${filler}"\n`);
  return Buffer.from(`id,text\n${lines.join('')}`);
}

export function file(name: string, bytes: Uint8Array): VerifiableFile {
  return fileOfBlob(new Blob([bytes as Uint8Array<ArrayBuffer>]), name);
}

/** A zip, of which every second entry is compressed. @param isZip64 writes sizes and positions in eight bytes */
export function toZip(files: readonly TestFile[], isZip64 = false): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [index, { name, bytes }] of files.entries()) {
    const isCompressed = index % 2 === 1;
    const data = isCompressed ? deflateRawSync(bytes) : bytes;
    const nameBytes = Buffer.from(name);
    const common = [u16(isCompressed ? 8 : 0), DATE, u32(crc32(bytes))];
    const local = [...common, u32(data.length), u32(bytes.length), u16(nameBytes.length), u16(0), nameBytes, data];
    const part = Buffer.concat([u32(0x04034b50), u16(20), u16(0x800), ...local]);
    const sizes = [bytes.length, data.length];
    const extra = isZip64 ? Buffer.concat([u16(1), u16(24), ...[...sizes, offset].map(u64)]) : Buffer.alloc(0);
    const written = isZip64 ? [u32(0xffffffff), u32(0xffffffff)] : [u32(data.length), u32(bytes.length)];
    const record = [u32(0x02014b50), u16(20), u16(20), u16(0x800), ...common, ...written, u16(nameBytes.length)];
    const rest = [u16(extra.length), u16(0), u16(0), u16(0), u32(0), u32(isZip64 ? 0xffffffff : offset)];
    directory.push(Buffer.concat([...record, ...rest, nameBytes, extra]));
    parts.push(part);
    offset += part.length;
  }
  const records = Buffer.concat(directory);
  return Buffer.concat([...parts, records, ...toZipEnd(files.length, records.length, offset, isZip64)]);
}

function toZipEnd(count: number, length: number, offset: number, isZip64: boolean): Buffer[] {
  const end = [u32(0x06054b50), u16(0), u16(0)];
  if (!isZip64) return [...end, u16(count), u16(count), u32(length), u32(offset), u16(0)];
  const zip64 = [
    u32(0x06064b50),
    u64(44),
    u16(45),
    u16(45),
    u32(0),
    u32(0),
    ...[count, count, length, offset].map(u64),
  ];
  const locator = [u32(0x07064b50), u32(0), u64(offset + length), u32(1)];
  return [...zip64, ...locator, ...end, u16(0xffff), u16(0xffff), u32(0xffffffff), u32(0xffffffff), u16(0)];
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
