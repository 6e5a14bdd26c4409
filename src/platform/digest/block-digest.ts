import { createHash, type Hash } from 'node:crypto';

/** The length of all blocks but the last. */
export const BLOCK_BYTES = 4 * 1024 * 1024;

/** The checksums of a file. Hashes are SHA-256 in lower-case hex. */
export interface FileDigest {
  readonly bytes: number;
  readonly sha256: string;
  /** One hash for each `BLOCK_BYTES`, the last one of what is left; none for an empty file. */
  readonly blocks: readonly string[];
}

/**
 * Computes the checksums of a file while its bytes pass. The hash of the first block is that of the whole so far, so a file of
 * one block is hashed once, and a larger one twice.
 */
export class BlockDigest {
  private readonly whole: Hash = createHash('sha256');
  /** The hash of the current block; `null` within the first. */
  private block: Hash | null = null;
  private bytes = 0;
  private readonly blocks: string[] = [];

  update(chunk: Uint8Array): void {
    for (let start = 0; start < chunk.length;) {
      const room = BLOCK_BYTES - (this.bytes % BLOCK_BYTES);
      const part = chunk.subarray(start, start + room);
      this.whole.update(part);
      this.block?.update(part);
      this.bytes += part.length;
      start += part.length;
      if (this.bytes % BLOCK_BYTES === 0) this.endBlock();
    }
  }

  /** Call it once, after the last byte. */
  finish(): FileDigest {
    if (this.bytes % BLOCK_BYTES !== 0) this.endBlock();
    return { bytes: this.bytes, sha256: this.whole.digest('hex'), blocks: this.blocks };
  }

  private endBlock(): void {
    this.blocks.push((this.block ?? this.whole.copy()).digest('hex'));
    this.block = createHash('sha256');
  }
}

/** Passes bytes on and computes their checksums. */
export class DigestedBytes implements AsyncIterable<Uint8Array> {
  private readonly hash = new BlockDigest();
  /** Whether the source failed, and not its reader. */
  failed = false;

  constructor(private readonly source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.source) {
        this.hash.update(chunk);
        yield chunk;
      }
    } catch (error) {
      this.failed = true;
      throw error;
    }
  }

  /** Call it once, after the last byte. */
  digest(): FileDigest {
    return this.hash.finish();
  }
}

/** The checksums of bytes in memory. */
export function digestOf(bytes: Uint8Array): FileDigest {
  const digest = new BlockDigest();
  digest.update(bytes);
  return digest.finish();
}
