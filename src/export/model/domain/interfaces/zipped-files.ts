import type { ByteRange } from '../../../../platform/storage/file-storage';

/** Opens a range of a stored file. */
export type OpenStored = (key: string, range: ByteRange) => Promise<AsyncIterable<Buffer>>;

/** The zips of exports that consist of several files. They are stored nowhere: they are made while they are read. */
export abstract class ZippedFiles {
  /**
   * @param modifiedAt the time that all entries show; with the same time, the zip has the same bytes
   * @throws FileNotFoundError when the files are missing from storage; those behind the first one while the zip is read
   */
  abstract open(exportId: string, modifiedAt: Date, open: OpenStored, range: ByteRange): Promise<AsyncIterable<Buffer>>;
}
