import { crc32 } from './crc32.js';
import { decompress } from './decompress.js';
import { decodeUtf8 } from './signature.js';
import { readBytes, type VerifiableFile } from './verifiable-file.js';

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;
const ZIP64_LOCATOR_BYTES = 20;
const ZIP64_END_SIGNATURE = 0x06064b50;
const ZIP64_END_BYTES = 56;
const RECORD_SIGNATURE = 0x02014b50;
const RECORD_BYTES = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_BYTES = 30;
const IN_ZIP64 = 0xffffffff;
const ZIP64_EXTRA = 0x0001;
const STORE = 0;
const DEFLATE = 8;
const MAX_DIRECTORY_BYTES = 256 * 1024 * 1024;

/** An archive is not a zip, or the zip is damaged. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

interface EntryRecord {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly offset: number;
}

/** Whether a file is a zip by its name. Workbooks are zips too, but are files for a reader. */
export function isArchive({ name }: Pick<VerifiableFile, 'name'>): boolean {
  return name.toLowerCase().endsWith('.zip');
}

/**
 * The entries of a zip (APPNOTE 6.3), also of zip64, in the order of its directory. They are unpacked while they are read, which
 * throws an ArchiveError if they are damaged.
 * @throws ArchiveError
 */
export async function readArchive(archive: VerifiableFile): Promise<VerifiableFile[]> {
  const { start, length, count } = await findDirectory(archive);
  if (length > MAX_DIRECTORY_BYTES || start + length > archive.size)
    throw new ArchiveError('Its directory is damaged.');
  const records = parseDirectory(await readBytes(archive, start, start + length));
  if (records.length !== count)
    throw new ArchiveError('Its directory has another number of entries than its end says.');
  const names = new Set(records.map(({ name }) => name));
  if (names.size < records.length) throw new ArchiveError('Two of its entries have the same name.');
  return records.map((record) => toFile(archive, record));
}

function toFile(archive: VerifiableFile, record: EntryRecord): VerifiableFile {
  const { name, size } = record;
  return {
    name: `${archive.name}/${name}`,
    size,
    read: (start = 0, end = size) =>
      record.method === STORE && (start > 0 || end < size)
        ? readStored(archive, record, start, end)
        : slice(unpack(archive, record), start, end),
  };
}

async function* readStored(
  archive: VerifiableFile,
  record: EntryRecord,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array, void> {
  const first = await findData(archive, record);
  yield* archive.read(first + start, first + end);
}

/** All bytes of an entry, which must have the size and the checksum of its record. */
async function* unpack(archive: VerifiableFile, record: EntryRecord): AsyncGenerator<Uint8Array, void> {
  const { method, size, crc, compressedSize } = record;
  const start = await findData(archive, record);
  const packed = archive.read(start, start + compressedSize);
  let [bytes, checksum] = [0, 0];
  try {
    for await (const chunk of method === STORE ? packed : decompress(packed, 'deflate-raw')) {
      bytes += chunk.length;
      if (bytes > size) throw new ArchiveError('It is longer than its record says.');
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof ArchiveError ? error : new ArchiveError(`It cannot be unpacked after byte ${bytes}.`);
  }
  if (bytes < size) throw new ArchiveError('It is shorter than its record says.');
  if (checksum !== crc) throw new ArchiveError('Its CRC-32 is wrong.');
}

async function* slice(source: AsyncIterable<Uint8Array>, start: number, end: number): AsyncGenerator<Uint8Array, void> {
  let at = 0;
  for await (const chunk of source) {
    const part = chunk.subarray(Math.max(0, start - at), Math.max(0, end - at));
    at += chunk.length;
    if (part.length > 0) yield part;
  }
}

/** Where the bytes of an entry begin: after a header of its own, which must agree with the directory. */
async function findData(archive: VerifiableFile, { name, method, offset }: EntryRecord): Promise<number> {
  if (offset + LOCAL_BYTES > archive.size) throw new ArchiveError('It is not where its record says.');
  const header = viewOf(await readBytes(archive, offset, offset + LOCAL_BYTES));
  const nameBytes = header.getUint16(26, true);
  const dataStart = offset + LOCAL_BYTES + nameBytes + header.getUint16(28, true);
  if (
    header.getUint32(0, true) !== LOCAL_SIGNATURE ||
    header.getUint16(8, true) !== method ||
    dataStart > archive.size
  ) {
    throw new ArchiveError('Its header does not agree with its record.');
  }
  const localName = await readBytes(archive, offset + LOCAL_BYTES, offset + LOCAL_BYTES + nameBytes);
  if (decodeUtf8(localName) !== name) throw new ArchiveError('It has two names.');
  return dataStart;
}

interface Directory {
  readonly start: number;
  readonly length: number;
  readonly count: number;
}

/** The archives of the service have no comment, so their end has a fixed length. */
async function findDirectory(archive: VerifiableFile): Promise<Directory> {
  const { size } = archive;
  if (size < END_BYTES) throw new ArchiveError('It is too short for a zip.');
  const end = viewOf(await readBytes(archive, size - END_BYTES, size));
  if (end.getUint32(0, true) !== END_SIGNATURE)
    throw new ArchiveError('It does not end like a zip: it may be truncated.');
  const [count, length, start] = [end.getUint16(10, true), end.getUint32(12, true), end.getUint32(16, true)];
  if (count !== 0xffff && length !== IN_ZIP64 && start !== IN_ZIP64) return { start, length, count };
  return (await findZip64Directory(archive, size - END_BYTES)) ?? { start, length, count };
}

async function findZip64Directory(archive: VerifiableFile, end: number): Promise<Directory | null> {
  if (end < ZIP64_LOCATOR_BYTES + ZIP64_END_BYTES) return null;
  const locator = viewOf(await readBytes(archive, end - ZIP64_LOCATOR_BYTES, end));
  if (locator.getUint32(0, true) !== ZIP64_LOCATOR_SIGNATURE) return null;
  const at = toNumber(locator.getBigUint64(8, true));
  if (at + ZIP64_END_BYTES > end) throw new ArchiveError('Its directory is damaged.');
  const record = viewOf(await readBytes(archive, at, at + ZIP64_END_BYTES));
  if (record.getUint32(0, true) !== ZIP64_END_SIGNATURE) throw new ArchiveError('Its directory is damaged.');
  const [count, length, start] = [32, 40, 48].map((field) => toNumber(record.getBigUint64(field, true)));
  return { start: start ?? 0, length: length ?? 0, count: count ?? 0 };
}

function parseDirectory(bytes: Uint8Array): EntryRecord[] {
  const view = viewOf(bytes);
  const records: EntryRecord[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + RECORD_BYTES > bytes.length || view.getUint32(at, true) !== RECORD_SIGNATURE) {
      throw new ArchiveError('Its directory is damaged.');
    }
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const nameEnd = at + RECORD_BYTES + (nameBytes ?? 0);
    const extraEnd = nameEnd + (extraBytes ?? 0);
    const next = extraEnd + (commentBytes ?? 0);
    if (next > bytes.length) throw new ArchiveError('Its directory is damaged.');
    const name = decodeUtf8(bytes.subarray(at + RECORD_BYTES, nameEnd));
    const method = view.getUint16(at + 10, true);
    if (name === null || ![STORE, DEFLATE].includes(method)) throw new ArchiveError('Its directory is damaged.');
    const sizes = readSizes(view, at, bytes.subarray(nameEnd, extraEnd));
    records.push({ name, method, crc: view.getUint32(at + 16, true), ...sizes });
    at = next;
  }
  return records;
}

/** Sizes and position. Those that four bytes cannot hold are in the zip64 field, in this order. */
function readSizes(
  view: DataView,
  at: number,
  extra: Uint8Array,
): Pick<EntryRecord, 'size' | 'compressedSize' | 'offset'> {
  const large = zip64Values(extra);
  const take = (field: number) => {
    const value = view.getUint32(at + field, true);
    return value === IN_ZIP64 ? (large.shift() ?? value) : value;
  };
  const [size, compressedSize, offset] = [take(24), take(20), take(42)];
  return { size, compressedSize, offset };
}

function zip64Values(extra: Uint8Array): number[] {
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length;) {
    const length = view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === ZIP64_EXTRA && at + 4 + length <= extra.length) {
      return Array.from({ length: Math.floor(length / 8) }, (_, index) =>
        toNumber(view.getBigUint64(at + 4 + index * 8, true)),
      );
    }
    at += 4 + length;
  }
  return [];
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function toNumber(value: bigint): number {
  if (value > Number.MAX_SAFE_INTEGER) throw new ArchiveError('Its directory is damaged.');
  return Number(value);
}
