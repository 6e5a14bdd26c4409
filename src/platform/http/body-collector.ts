import { PayloadTooLargeException } from '@nestjs/common';
import type { BodyReader } from './body.decorator';
import { LARGE_BODY_BYTES, type LargeBodySlot } from './large-bodies';

/** The maximum ratio of the decompressed to the compressed size. */
const MAX_EXPANSION = 100;
/** The minimum compressed size for the ratio: the expansion of tiny bodies is harmless. */
const MIN_COMPRESSED_BYTES = 1024;

export interface BodyCollectorOptions {
  readonly reader: Pick<BodyReader, 'write'>;
  /** Of the body after decompression. */
  readonly maxBytes: number;
  /** The `Content-Length`; 0 if there is none. */
  readonly declaredBytes: number;
  readonly isCompressed: boolean;
  /** @throws when too many large bodies are being received */
  readonly takeSlot: (bytes: number) => LargeBodySlot;
}

/** Collects the bytes of a body, copies each once, and throws at the first byte that exceeds a limit. */
export class BodyCollector {
  /** The slot of a large body. */
  slot: LargeBodySlot | null = null;
  private length = 0;
  private chunks: Buffer[] = [];
  private large: Buffer | null = null;

  /** @throws HttpException | what `takeSlot` throws, if the declared size exceeds a limit */
  constructor(private readonly options: BodyCollectorOptions) {
    const { declaredBytes, isCompressed } = options;
    if (!isCompressed) this.checkLength(declaredBytes);
    if (declaredBytes >= LARGE_BODY_BYTES) this.slot = options.takeSlot(declaredBytes);
  }

  /**
   * @param chunk of the body after decompression
   * @param compressedBytes the compressed size of all chunks so far
   * @throws HttpException | what the reader or `takeSlot` throws
   */
  add(chunk: Buffer, compressedBytes: number): void {
    const { declaredBytes, isCompressed, reader } = this.options;
    const length = this.length + chunk.length;
    this.checkLength(length);
    // The beginning of a body may expand more than the whole.
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

  /** Returns all bytes. Call it once, at the end. */
  take(): Buffer {
    return this.large?.subarray(0, this.length) ?? Buffer.concat(this.chunks);
  }

  private checkLength(length: number): void {
    const { maxBytes } = this.options;
    if (length > maxBytes) throw new PayloadTooLargeException(`The body is larger than ${maxBytes} bytes`);
  }

  private reserve(bytes: number): void {
    const { declaredBytes, isCompressed, maxBytes, takeSlot } = this.options;
    // In steps, so that not every chunk changes the reservation.
    const counted = Math.min(maxBytes, Math.ceil(bytes / LARGE_BODY_BYTES) * LARGE_BODY_BYTES);
    if (this.slot) this.slot.grow(counted);
    else this.slot = takeSlot(counted);
    if (this.large) return;
    // The operating system does not allocate pages before they are written, so a large buffer costs nothing.
    this.large = Buffer.allocUnsafeSlow(isCompressed || declaredBytes === 0 ? maxBytes : declaredBytes);
    let at = 0;
    for (const chunk of this.chunks) at += chunk.copy(this.large, at);
    this.chunks = [];
  }
}
