import { PayloadTooLargeException } from '@nestjs/common';
import type { BodyReader } from './body.decorator';
import { LARGE_BODY_BYTES, type LargeBodySlot } from './large-bodies';

/** How many times its size on the wire a compressed body may have. */
const MAX_EXPANSION = 100;
/** A compressed body counts as so many bytes at least: the expansion of a tiny one is harmless. */
const MIN_COMPRESSED_BYTES = 1024;

export interface BodyCollectorOptions {
  readonly reader: Pick<BodyReader, 'write'>;
  /** Of the body after decompression. */
  readonly maxBytes: number;
  /** The length that the sender declared of what goes over the wire; 0 where it declared none. */
  readonly declaredBytes: number;
  readonly isCompressed: boolean;
  /** @throws when no large body can be taken now */
  readonly takeSlot: (bytes: number) => LargeBodySlot;
}

/** Collects the bytes of a body with one copy of each, and refuses the first one that breaks a limit. */
export class BodyCollector {
  /** Of a large body. */
  slot: LargeBodySlot | null = null;
  private length = 0;
  private chunks: Buffer[] = [];
  private large: Buffer | null = null;

  /** @throws HttpException | what `takeSlot` throws, for what is already known to break a limit */
  constructor(private readonly options: BodyCollectorOptions) {
    const { declaredBytes, isCompressed } = options;
    if (!isCompressed) this.checkLength(declaredBytes);
    if (declaredBytes >= LARGE_BODY_BYTES) this.slot = options.takeSlot(declaredBytes);
  }

  /**
   * @param chunk of the body after decompression
   * @param compressedBytes of which all bytes up to now were made
   * @throws HttpException | what the reader or `takeSlot` throws
   */
  add(chunk: Buffer, compressedBytes: number): void {
    const { declaredBytes, isCompressed, reader } = this.options;
    const length = this.length + chunk.length;
    this.checkLength(length);
    // A body may begin with what expands more than the whole does.
    const wireBytes = Math.max(compressedBytes, declaredBytes, MIN_COMPRESSED_BYTES);
    if (isCompressed && length > MAX_EXPANSION * wireBytes) {
      throw new PayloadTooLargeException(`The body has more than ${MAX_EXPANSION} times its compressed size`);
    }
    if (length >= LARGE_BODY_BYTES) this.reserve(length);
    reader.write(chunk);
    if (this.large) chunk.copy(this.large, this.length);
    else this.chunks.push(chunk);
    this.length = length;
  }

  /** All bytes. Nothing can be added any more. */
  take(): Buffer {
    return this.large?.subarray(0, this.length) ?? Buffer.concat(this.chunks);
  }

  private checkLength(length: number): void {
    const { maxBytes } = this.options;
    if (length > maxBytes) throw new PayloadTooLargeException(`The body is larger than ${maxBytes} bytes`);
  }

  private reserve(bytes: number): void {
    const { declaredBytes, isCompressed, maxBytes, takeSlot } = this.options;
    // In steps, so that not every chunk changes what is counted.
    const counted = Math.min(maxBytes, Math.ceil(bytes / LARGE_BODY_BYTES) * LARGE_BODY_BYTES);
    if (this.slot) this.slot.grow(counted);
    else this.slot = takeSlot(counted);
    if (this.large) return;
    // Memory that nothing is written to stays with the system: too much of it costs nothing.
    this.large = Buffer.allocUnsafeSlow(isCompressed || declaredBytes === 0 ? maxBytes : declaredBytes);
    let at = 0;
    for (const chunk of this.chunks) at += chunk.copy(this.large, at);
    this.chunks = [];
  }
}
