import { inflateRawSync } from 'node:zlib';
import { PNG } from 'pngjs';

/** Reads a PNG whole, every pixel and checksum of it. */
export function pngSize(bytes: Buffer): { width: number; height: number } {
  const { width, height } = PNG.sync.read(bytes, { checkCRC: true });
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
