import type { S3Client } from '@aws-sdk/client-s3';
import { StorageUnavailableError } from './file-storage';
import { hasErrorCode } from './s3-client';

/** Error codes about one object or upload: the storage itself works. */
const ANSWERS = ['NotFound', 'NoSuchKey', 'InvalidRange', 'NoSuchUpload'];

/** The same client, whose calls throw StorageUnavailableError when the storage is unreachable or refuses service. */
export function reportingFaults(client: S3Client): S3Client {
  const send = (command: Parameters<S3Client['send']>[0], options?: CallOptions): Promise<unknown> =>
    client.send(command, options).catch((error: unknown) => {
      const isOurs = options?.abortSignal?.aborted === true || hasErrorCode(error, ...ANSWERS);
      throw isOurs ? error : new StorageUnavailableError(error);
    });
  return Object.assign(Object.create(client) as S3Client, { send });
}

interface CallOptions {
  readonly abortSignal?: AbortSignal;
}

/**
 * Limits the time for the head of a response, over all attempts. The body that follows may take as long as its reader.
 */
export async function withinTime<Answer>(
  milliseconds: number,
  ask: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const timeout = new AbortController();
  const timer = setTimeout(() => {
    timeout.abort();
  }, milliseconds);
  try {
    return await ask(timeout.signal);
  } catch (error) {
    if (!timeout.signal.aborted) throw error;
    throw new StorageUnavailableError(new Error(`no answer within ${milliseconds} ms`));
  } finally {
    clearTimeout(timer);
  }
}
