import { rechunk } from '../rechunk';
import { centralRecord, endOfDirectory, measuredHeader } from './zip-records';

/** A file that is stored elsewhere, as an entry without compression. */
export interface StoredEntry {
  /** With `/` between folders. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly crc32: number;
}

/** An entry whose place in the zip is known. */
export interface PlacedEntry extends StoredEntry {
  /** Where its header begins. */
  readonly zipOffset: number;
}

/** Bytes `start` to `end`, both included. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where the bytes of a zip come from. */
export interface StoredZip {
  /** The time that all entries show. */
  readonly modifiedAt: Date;
  /** The entries in order, beginning with the one that has the byte at `position`. Reads few at a time. */
  entriesAt(position: number): AsyncIterable<PlacedEntry>;
  open(entry: PlacedEntry, range: Range): AsyncIterable<Buffer>;
}

const CHUNK_BYTES = 64 * 1024;

/** Any moment gives headers of the same length. */
const ANY_TIME = new Date(0);

/** Calculates the layout of a zip from its entries, one after the other. */
export class StoredZipLayout {
  private offset = 0;
  private count = 0;
  private recordBytes = 0;

  place<Entry extends StoredEntry>(entry: Entry): Entry & PlacedEntry {
    const placed = { ...entry, zipOffset: this.offset };
    this.offset = dataStart(placed) + placed.size;
    this.count += 1;
    this.recordBytes += toCentralRecord(placed, ANY_TIME).length;
    return placed;
  }

  /** The length of the zip. */
  get size(): number {
    return this.offset + this.recordBytes + endOfDirectory(this.count, this.recordBytes, this.offset).length;
  }
}

/** The place of an entry behind another one. */
export function placeAfter<Entry extends StoredEntry>(before: PlacedEntry, entry: Entry): Entry & PlacedEntry {
  return { ...entry, zipOffset: dataStart(before) + before.size };
}

/**
 * Reads a range of a zip that is stored as its entries alone: by PKWARE's APPNOTE 6.3, without compression. The same entries
 * and time give the same bytes.
 */
export async function* readStoredZip(zip: StoredZip, { start, end }: Range): AsyncGenerator<Buffer> {
  let position = start;
  let last: PlacedEntry | undefined;
  for await (const entry of zip.entriesAt(start)) {
    last = entry;
    const header = measuredHeader(entry.name, entry.size, entry.crc32, zip.modifiedAt);
    const data = entry.zipOffset + header.length;
    if (position < data) {
      yield header.subarray(position - entry.zipOffset, end + 1 - entry.zipOffset);
      position = data;
    }
    const dataEnd = Math.min(data + entry.size - 1, end);
    if (position <= dataEnd) yield* zip.open(entry, { start: position - data, end: dataEnd - data });
    position = Math.max(position, data + entry.size);
    if (position > end) return;
  }
  if (last) yield* rechunk(readDirectory(zip, dataStart(last) + last.size, { start: position, end }), CHUNK_BYTES);
}

async function* readDirectory(zip: StoredZip, offset: number, { start, end }: Range): AsyncGenerator<Buffer> {
  let [at, count] = [offset, 0];
  const within = (bytes: Buffer) => bytes.subarray(Math.max(0, start - at), Math.max(0, end + 1 - at));
  for await (const entry of zip.entriesAt(0)) {
    const record = toCentralRecord(entry, zip.modifiedAt);
    const wanted = within(record);
    if (wanted.length > 0) yield wanted;
    at += record.length;
    count += 1;
    if (at > end) return;
  }
  const wanted = within(endOfDirectory(count, at - offset, offset));
  if (wanted.length > 0) yield wanted;
}

function toCentralRecord({ name, size, crc32: crc, zipOffset: offset }: PlacedEntry, modifiedAt: Date): Buffer {
  const sizes = { size, compressedSize: size };
  return centralRecord({ name, isCompressed: false, modifiedAt, crc, offset, ...sizes, isMeasured: true });
}

function dataStart({ name, size, crc32, zipOffset }: PlacedEntry): number {
  return zipOffset + measuredHeader(name, size, crc32, ANY_TIME).length;
}
