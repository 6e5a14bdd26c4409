import { loadSha256, type Sha256 } from '../sha256.js';
import { BLOCK_BYTES } from './manifest.js';

/** Computes the SHA-256 of a file and of each of its blocks while its bytes pass. A file of one block is hashed once. */
export class BlockDigest {
  readonly blocks: string[] = [];
  bytes = 0;
  private readonly whole: Sha256;
  private block: Sha256 | null;

  private constructor(
    private readonly create: () => Sha256,
    isOneBlock: boolean,
  ) {
    this.whole = create();
    this.block = isOneBlock ? null : create();
  }

  /** @param size of the file, in bytes */
  static async of(size: number): Promise<BlockDigest> {
    return new BlockDigest(await loadSha256(), size <= BLOCK_BYTES);
  }

  /** @param part of one block only */
  update(part: Uint8Array): void {
    this.whole.update(part);
    this.block?.update(part);
    this.bytes += part.length;
    if (this.block && this.bytes % BLOCK_BYTES === 0) {
      this.blocks.push(this.block.hex());
      this.block = this.create();
    }
  }

  /** The hash of the whole. Nothing can be added after it. */
  finish(): string {
    const sha256 = this.whole.hex();
    if (!this.block && this.bytes > 0) this.blocks.push(sha256);
    else if (this.block && this.bytes % BLOCK_BYTES !== 0) this.blocks.push(this.block.hex());
    return sha256;
  }
}
