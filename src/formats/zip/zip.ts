import { deflated, MeasuredBytes } from '../deflate';
import { centralDirectory, dataDescriptor, localHeader, type WrittenEntry } from './zip-records';

export interface ZipEntry {
  /** With `/` between folders. */
  readonly name: string;
  /** 0 for content that is already compressed; low levels cost little more time than none. */
  readonly compressionLevel: 0 | 1 | 6;
  /** Called when all entries before it have been read. */
  readonly open: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/**
 * The bytes of a zip by PKWARE's APPNOTE 6.3. An entry is opened when the one before has been read, so that memory stays
 * small. Sizes and checksums follow the bytes, because they are unknown before.
 * @param entries read one by one, each when the one before has been read
 * @param modifiedAt the time that all entries show
 */
export async function* zip(
  entries: Iterable<ZipEntry> | AsyncIterable<ZipEntry>,
  modifiedAt = new Date(),
): AsyncGenerator<Uint8Array> {
  const written: WrittenEntry[] = [];
  let offset = 0;
  for await (const { name, compressionLevel, open } of entries) {
    const header = localHeader(name, compressionLevel > 0, modifiedAt);
    yield header;
    const measured = new MeasuredBytes(open());
    let compressedSize = 0;
    for await (const chunk of compressionLevel > 0 ? deflated(measured, compressionLevel) : measured) {
      compressedSize += chunk.length;
      yield chunk;
    }
    const { crc, size } = measured;
    const entry = { name, isCompressed: compressionLevel > 0, modifiedAt, crc, size, compressedSize, offset };
    const descriptor = dataDescriptor(entry);
    yield descriptor;
    written.push(entry);
    offset += header.length + compressedSize + descriptor.length;
  }
  yield centralDirectory(written, offset);
}
