import { IN_ZIP64, STORE } from './zip-records';

/** Reads bytes `start` to `end` of the file, both included. */
type ReadRange = (range: { readonly start: number; readonly end: number }) => Promise<Buffer>;

const END_BYTES = 22;
const ZIP64_END_BYTES = 76;
const RECORD_BYTES = 46;
const LOCAL_HEADER_BYTES = 30;
/** Holds the directory of several hundred pages. */
const TAIL_BYTES = 64 * 1024;

/**
 * Finds the bytes of an entry that is stored without compression, in a zip that `zip()` wrote: its end has no comment,
 * and its local headers have no extra fields.
 * @param index counted from 0
 * @param size of the file in bytes
 * @returns `null` when there are fewer entries
 */
export async function locateStoredEntry(
  index: number,
  size: number,
  read: ReadRange,
): Promise<{ readonly start: number; readonly end: number } | null> {
  const tailStart = Math.max(0, size - TAIL_BYTES);
  const tail = await read({ start: tailStart, end: size - 1 });
  const { start, length } = locateDirectory(tail);
  const directory =
    start < tailStart
      ? await read({ start, end: start + length - 1 })
      : tail.subarray(start - tailStart, start - tailStart + length);
  let at = 0;
  for (let left = index; at < directory.length; left -= 1) {
    if (left === 0) return dataRange(directory, at);
    at += RECORD_BYTES + directory.readUInt16LE(at + 28) + directory.readUInt16LE(at + 30);
  }
  return null;
}

function locateDirectory(tail: Buffer): { readonly start: number; readonly length: number } {
  const end = tail.length - END_BYTES;
  const [length, start] = [tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
  const isZip64 = tail.readUInt16LE(end + 8) === 0xffff || length === IN_ZIP64 || start === IN_ZIP64;
  if (!isZip64) return { start, length };
  const zip64 = end - ZIP64_END_BYTES;
  return { start: Number(tail.readBigUInt64LE(zip64 + 48)), length: Number(tail.readBigUInt64LE(zip64 + 40)) };
}

/** Reads one record of the directory (APPNOTE 4.3.12). */
function dataRange(directory: Buffer, at: number): { readonly start: number; readonly end: number } {
  if (directory.readUInt16LE(at + 10) !== STORE) throw new Error('The entry is compressed');
  const nameBytes = directory.readUInt16LE(at + 28);
  // With an extension, all of its three values are in it.
  const extra = directory.readUInt16LE(at + 30) === 0 ? null : at + RECORD_BYTES + nameBytes + 4;
  const length = extra === null ? directory.readUInt32LE(at + 20) : Number(directory.readBigUInt64LE(extra + 8));
  const offset = extra === null ? directory.readUInt32LE(at + 42) : Number(directory.readBigUInt64LE(extra + 16));
  const start = offset + LOCAL_HEADER_BYTES + nameBytes;
  return { start, end: start + length - 1 };
}
