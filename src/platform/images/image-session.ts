import { measureImage } from './image-header';
import type { DecodingJob, ImageJob, ImageReply } from './image-protocol';
import { ImageRefusedError } from './image-refused-error';
import { looksLikeSvg } from './svg/svg-text';

/** Gets what a job gives, in order. */
export type OnReply = (reply: ImageReply, bytes: Uint8Array<ArrayBuffer>) => void;

type Perform = (
  session: ImageSession,
  job: ImageJob,
  bytes: Uint8Array,
  onReply: OnReply,
  signal: AbortSignal,
) => Promise<void>;

const MAX_PIXELS = 50_000_000;
const MAX_CPU_MS = 20_000;
const MAX_KILLS = 2;
const HEAVY_CPU_MS = 2_000;

/** The images of one drawing: one is decoded at a time, and together they may take only so long. */
export class ImageSession {
  cpuMs = 0;
  kills = 0;

  constructor(private readonly perform: Perform) {}

  /** Whether it has taken so much that it leaves one process to others. */
  get isHeavy(): boolean {
    return this.kills > 0 || this.cpuMs >= HEAVY_CPU_MS;
  }

  /**
   * Decodes an image in a process of its own.
   * @param onReply gets the image and its pixels, in order
   * @throws ImageRefusedError when the image is damaged or takes too much; the signal's reason
   */
  async decode(
    request: Omit<DecodingJob, 'kind' | 'memory'>,
    bytes: Uint8Array,
    onReply: OnReply,
    signal: AbortSignal,
  ): Promise<void> {
    if (this.kills >= MAX_KILLS || this.cpuMs >= MAX_CPU_MS) {
      throw new ImageRefusedError('the images of this board take too long to draw');
    }
    await this.perform(this, { ...request, kind: kindOf(bytes), memory: 0 }, bytes, onReply, signal);
  }
}

/** @throws ImageRefusedError unless it is an image of a sane size, as far as its first bytes say */
function kindOf(bytes: Uint8Array): DecodingJob['kind'] {
  const header = measureImage(bytes);
  if (header === null) {
    if (looksLikeSvg(bytes)) return 'svg';
    throw new ImageRefusedError('it is not a PNG, JPEG, GIF, WebP or SVG image');
  }
  const { width, height } = header;
  if (!(width * height > 0)) throw new ImageRefusedError('the image is empty');
  if (width * height > MAX_PIXELS) throw new ImageRefusedError(`${width} × ${height} pixels are too many`);
  return 'bitmap';
}
