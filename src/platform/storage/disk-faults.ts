import { StorageUnavailableError } from './file-storage';

/** @throws StorageUnavailableError instead of errors of the operating system */
export async function onDisk<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw isSystemError(error) ? new StorageUnavailableError(error) : error;
  }
}

/** Yields the entries of a list. @throws StorageUnavailableError instead of errors of the operating system */
export async function* listedOnDisk<Entry>(entries: AsyncIterable<Entry>): AsyncGenerator<Entry> {
  try {
    yield* entries;
  } catch (error) {
    throw isSystemError(error) ? new StorageUnavailableError(error) : error;
  }
}

/** Whether the operating system reported the error, and not the source of the bytes. */
function isSystemError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && 'syscall' in error;
}
