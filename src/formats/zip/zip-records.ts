/** An entry whose bytes have been written. */
export interface WrittenEntry {
  readonly name: string;
  readonly isCompressed: boolean;
  readonly modifiedAt: Date;
  readonly crc: number;
  /** Bytes before compression, and after it. */
  readonly size: number;
  readonly compressedSize: number;
  /** The position of its local header. */
  readonly offset: number;
  /** Whether its local header has the sizes and the checksum, because they were known before the bytes. */
  readonly isMeasured?: true;
}

/** Marks that the value of a four-byte field is in the zip64 extension. */
export const IN_ZIP64 = 0xffffffff;
const MAX_ENTRIES = 0xffff;
/** The version needed to extract: 2.0 for folders and deflate, 4.5 for zip64. */
const PLAIN_VERSION = 20;
const ZIP64_VERSION = 45;
/** Made on Unix: the upper half of the attributes holds Unix permissions. */
const MADE_BY = 3 << 8;
const REGULAR_FILE = 0o100644;
const UTF8_NAME = 1 << 11;
/** Sizes and checksum follow the bytes. */
const FLAGS = (1 << 3) | UTF8_NAME;
const DEFLATE = 8;
export const STORE = 0;

const needsZip64 = ({ size, compressedSize }: Pick<WrittenEntry, 'size' | 'compressedSize'>) =>
  size >= IN_ZIP64 || compressedSize >= IN_ZIP64;

/** The record before the bytes of an entry (APPNOTE 4.3.7). */
export function localHeader(name: string, isCompressed: boolean, modifiedAt: Date): Buffer {
  const nameBytes = Buffer.from(name);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(PLAIN_VERSION, 4);
  header.writeUInt16LE(FLAGS, 6);
  header.writeUInt16LE(isCompressed ? DEFLATE : STORE, 8);
  header.writeUInt32LE(dosTime(modifiedAt), 10);
  header.writeUInt16LE(nameBytes.length, 26);
  return Buffer.concat([header, nameBytes]);
}

/** The local header of an entry without compression whose size and checksum are known: it can be read without the directory. */
export function measuredHeader(name: string, size: number, crc: number, modifiedAt: Date): Buffer {
  const isZip64 = size >= IN_ZIP64;
  const header = localHeader(name, false, modifiedAt);
  header.writeUInt16LE(isZip64 ? ZIP64_VERSION : PLAIN_VERSION, 4);
  header.writeUInt16LE(UTF8_NAME, 6);
  header.writeUInt32LE(crc, 14);
  header.writeUInt32LE(isZip64 ? IN_ZIP64 : size, 18);
  header.writeUInt32LE(isZip64 ? IN_ZIP64 : size, 22);
  if (!isZip64) return header;
  const extra = Buffer.alloc(20);
  extra.writeUInt16LE(0x0001, 0);
  extra.writeUInt16LE(16, 2);
  extra.writeBigUInt64LE(BigInt(size), 4);
  extra.writeBigUInt64LE(BigInt(size), 12);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, extra]);
}

/** The record after the bytes of an entry (APPNOTE 4.3.9), with sizes of eight bytes if four are too few. */
export function dataDescriptor(entry: WrittenEntry): Buffer {
  const descriptor = Buffer.alloc(needsZip64(entry) ? 24 : 16);
  descriptor.writeUInt32LE(0x08074b50, 0);
  descriptor.writeUInt32LE(entry.crc, 4);
  if (needsZip64(entry)) {
    descriptor.writeBigUInt64LE(BigInt(entry.compressedSize), 8);
    descriptor.writeBigUInt64LE(BigInt(entry.size), 16);
  } else {
    descriptor.writeUInt32LE(entry.compressedSize, 8);
    descriptor.writeUInt32LE(entry.size, 12);
  }
  return descriptor;
}

/** The end of a zip: a record of each entry, and the position of the first record (APPNOTE 4.3.12 to 4.3.16). */
export function centralDirectory(entries: readonly WrittenEntry[], offset: number): Buffer {
  const records = Buffer.concat(entries.map(centralRecord));
  return Buffer.concat([records, endOfDirectory(entries.length, records.length, offset)]);
}

/** What follows the records of the directory. @param offset of the first record */
export function endOfDirectory(entries: number, recordBytes: number, offset: number): Buffer {
  const isZip64 = entries >= MAX_ENTRIES || offset >= IN_ZIP64 || recordBytes >= IN_ZIP64;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(entries, MAX_ENTRIES), 8);
  end.writeUInt16LE(Math.min(entries, MAX_ENTRIES), 10);
  end.writeUInt32LE(Math.min(recordBytes, IN_ZIP64), 12);
  end.writeUInt32LE(Math.min(offset, IN_ZIP64), 16);
  return isZip64 ? Buffer.concat([zip64End(entries, recordBytes, offset), end]) : end;
}

/** The record of an entry in the directory. */
export function centralRecord(entry: WrittenEntry): Buffer {
  const name = Buffer.from(entry.name);
  const isZip64 = needsZip64(entry) || entry.offset >= IN_ZIP64;
  const extra = isZip64 ? zip64Extra(entry) : Buffer.alloc(0);
  const version = isZip64 ? ZIP64_VERSION : PLAIN_VERSION;
  const record = Buffer.alloc(46);
  record.writeUInt32LE(0x02014b50, 0);
  record.writeUInt16LE(MADE_BY | version, 4);
  record.writeUInt16LE(version, 6);
  record.writeUInt16LE(entry.isMeasured ? UTF8_NAME : FLAGS, 8);
  record.writeUInt16LE(entry.isCompressed ? DEFLATE : STORE, 10);
  record.writeUInt32LE(dosTime(entry.modifiedAt), 12);
  record.writeUInt32LE(entry.crc, 16);
  record.writeUInt32LE(isZip64 ? IN_ZIP64 : entry.compressedSize, 20);
  record.writeUInt32LE(isZip64 ? IN_ZIP64 : entry.size, 24);
  record.writeUInt16LE(name.length, 28);
  record.writeUInt16LE(extra.length, 30);
  record.writeUInt32LE(REGULAR_FILE * 0x10000, 38);
  record.writeUInt32LE(isZip64 ? IN_ZIP64 : entry.offset, 42);
  return Buffer.concat([record, name, extra]);
}

function zip64Extra({ size, compressedSize, offset }: WrittenEntry): Buffer {
  const extra = Buffer.alloc(28);
  extra.writeUInt16LE(0x0001, 0);
  extra.writeUInt16LE(24, 2);
  extra.writeBigUInt64LE(BigInt(size), 4);
  extra.writeBigUInt64LE(BigInt(compressedSize), 12);
  extra.writeBigUInt64LE(BigInt(offset), 20);
  return extra;
}

/** The zip64 end of the directory, and the record that locates it. */
function zip64End(entries: number, directorySize: number, directoryOffset: number): Buffer {
  const end = Buffer.alloc(76);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeUInt16LE(MADE_BY | ZIP64_VERSION, 12);
  end.writeUInt16LE(ZIP64_VERSION, 14);
  end.writeBigUInt64LE(BigInt(entries), 24);
  end.writeBigUInt64LE(BigInt(entries), 32);
  end.writeBigUInt64LE(BigInt(directorySize), 40);
  end.writeBigUInt64LE(BigInt(directoryOffset), 48);
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(directoryOffset + directorySize), 64);
  end.writeUInt32LE(1, 72);
  return end;
}

/** MS-DOS stores even seconds of local time since 1980. No local time is right for all readers, so this is UTC. */
function dosTime(moment: Date): number {
  const date = ((moment.getUTCFullYear() - 1980) << 9) | ((moment.getUTCMonth() + 1) << 5) | moment.getUTCDate();
  const time = (moment.getUTCHours() << 11) | (moment.getUTCMinutes() << 5) | (moment.getUTCSeconds() >> 1);
  return ((date << 16) | time) >>> 0;
}
