import { crc32, inflateRawSync, inflateSync } from 'node:zlib';

const PNG_START = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
/** By colour type. */
const PNG_CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const PNG_FILTERS = 5;

/** Reads a PNG whole: each checksum, and that each row of pixels is there. Their colours are not computed, which takes long. */
export function pngSize(bytes: Buffer): { width: number; height: number } {
  if (!bytes.subarray(0, 8).equals(PNG_START)) throw new Error('This is not a PNG');
  const compressed: Buffer[] = [];
  let type = '';
  for (let at = PNG_START.length; at < bytes.length || type !== 'IEND';) {
    const end = at + 8 + bytes.readUInt32BE(at);
    if (crc32(bytes.subarray(at + 4, end)) !== bytes.readUInt32BE(end)) throw new Error('The PNG is broken');
    type = bytes.toString('latin1', at + 4, at + 8);
    if (type === 'IDAT') compressed.push(bytes.subarray(at + 8, end));
    at = end + 4;
  }
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const rowBytes = 1 + Math.ceil((width * bytes[24]! * PNG_CHANNELS[bytes[25]!]!) / 8);
  const rows = inflateSync(Buffer.concat(compressed));
  const isWhole = rows.length === height * rowBytes;
  for (let at = 0; at < rows.length && isWhole; at += rowBytes)
    if (rows[at]! >= PNG_FILTERS) throw new Error('The PNG is broken');
  if (!isWhole) throw new Error('The PNG has not all rows');
  return { width, height };
}

/** How many pages a PDF's page tree counts. */
export function pdfPageCount(bytes: Buffer): number {
  const text = bytes.toString('latin1');
  if (!text.startsWith('%PDF-') || !text.trimEnd().endsWith('%%EOF')) throw new Error('This is not a whole PDF');
  return text.match(/\/Type\s*\/Page(?!\w)/g)?.length ?? 0;
}

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Buffer;
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const DEFLATED = 8;

/** The files of a zip, by its directory. */
export function zipEntries(zip: Buffer): ZipEntry[] {
  const end = zip.length - 22;
  if (zip.readUInt32LE(end) !== END_OF_DIRECTORY) throw new Error('This is not a whole zip');
  let at = zip.readUInt32LE(end + 16);
  return Array.from({ length: zip.readUInt16LE(end + 10) }, () => {
    if (zip.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new Error('The directory of the zip is broken');
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength!);
    const [size, start] = [zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 42)];
    const isDeflated = zip.readUInt16LE(at + 10) === DEFLATED;
    const content = start + 30 + zip.readUInt16LE(start + 26) + zip.readUInt16LE(start + 28);
    at += 46 + nameLength! + extraLength! + commentLength!;
    const bytes = zip.subarray(content, content + size);
    return { name, bytes: isDeflated ? inflateRawSync(bytes) : bytes };
  });
}
