import { DeleteObjectsCommand, type S3Client } from '@aws-sdk/client-s3';

/** The limit of S3 for one request. */
const MAX_BATCH_SIZE = 1_000;

/**
 * Deletes many objects in few requests. A refused object does not affect the others.
 * @returns the errors of the objects that could not be deleted, by key
 */
export async function deleteObjects(
  client: S3Client,
  bucket: string,
  keys: readonly string[],
): Promise<Map<string, Error>> {
  const refused = new Map<string, Error>();
  for (let first = 0; first < keys.length; first += MAX_BATCH_SIZE) {
    const some = keys.slice(first, first + MAX_BATCH_SIZE);
    try {
      const Delete = { Objects: some.map((Key) => ({ Key })), Quiet: true };
      const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete }));
      for (const { Key = some[0] ?? '', Code = 'unknown' } of Errors) refused.set(Key, notDeleted(Key, Code));
    } catch (error) {
      for (const key of some) refused.set(key, error instanceof Error ? error : notDeleted(key, String(error)));
    }
  }
  return refused;
}

function notDeleted(key: string, why: string): Error {
  return new Error(`The storage does not delete ${key}: ${why}`);
}
