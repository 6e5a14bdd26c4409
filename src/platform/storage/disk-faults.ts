import { StorageUnavailableError } from './file-storage';

/** @throws StorageUnavailableError in place of what the operating system says */
export async function onDisk<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw isSystemError(error) ? new StorageUnavailableError(error) : error;
  }
}

/** Goes on with a list. @throws as `onDisk` */
export async function* listedOnDisk<Entry>(entries: AsyncIterable<Entry>): AsyncGenerator<Entry> {
  try {
    yield* entries;
  } catch (error) {
    throw isSystemError(error) ? new StorageUnavailableError(error) : error;
  }
}

/** Whether an error comes from the operating system, and not from the source of the bytes. */
function isSystemError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && 'syscall' in error;
}
