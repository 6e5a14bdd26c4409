import { createHash } from 'node:crypto';

export const KB = 1024;
export const MB = 1024 * KB;

/** `size` bytes that differ everywhere, the same for the same seed, in chunks as a database or a file gives them. */
export async function* bytes(size: number, seed = 1, chunkSize = 64 * KB): AsyncGenerator<Buffer> {
  await Promise.resolve();
  for (let sent = 0; sent < size; sent += chunkSize) {
    const chunk = Buffer.alloc(Math.min(chunkSize, size - sent), seed);
    for (let i = 0; i + 4 <= chunk.length; i += 512) chunk.writeUInt32LE((sent + i) % 0xffffffff, i);
    yield chunk;
  }
}

/** The SHA-256 of all that comes, and how much that is. */
export async function digest(body: AsyncIterable<Uint8Array>): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of body) {
    hash.update(chunk);
    size += chunk.byteLength;
  }
  return { size, sha256: hash.digest('hex') };
}

/** All that comes, as text. */
export async function text(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
