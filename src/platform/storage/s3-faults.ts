import type { S3Client } from '@aws-sdk/client-s3';
import { StorageUnavailableError } from './file-storage';
import { answered } from './s3-client';

/** What the storage answers about one object or one upload: it is there, and says how things are. */
const ANSWERS = ['NotFound', 'NoSuchKey', 'InvalidRange', 'NoSuchUpload'];

/** The same client, whose calls throw StorageUnavailableError where the storage is away or refuses its service. */
export function reportingFaults(client: S3Client): S3Client {
  const send = (command: Parameters<S3Client['send']>[0], options?: CallOptions): Promise<unknown> =>
    client.send(command, options).catch((error: unknown) => {
      const isOurs = options?.abortSignal?.aborted === true || answered(error, ...ANSWERS);
      throw isOurs ? error : new StorageUnavailableError(error);
    });
  return Object.assign(Object.create(client) as S3Client, { send });
}

interface CallOptions {
  readonly abortSignal?: AbortSignal;
}

/**
 * Waits for the head of an answer for a limited time, over all attempts: a caller waits for it. The body that follows may
 * take as long as its reader.
 */
export async function withinTime<Answer>(
  milliseconds: number,
  ask: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const patience = new AbortController();
  const timer = setTimeout(() => {
    patience.abort();
  }, milliseconds);
  try {
    return await ask(patience.signal);
  } catch (error) {
    if (!patience.signal.aborted) throw error;
    throw new StorageUnavailableError(new Error(`no answer within ${milliseconds} ms`));
  } finally {
    clearTimeout(timer);
  }
}
