import { readImageHeader } from './image-header';
import { type DecodingJob, type ImageJob, ImageRefusedError, type ImageReply } from './image-protocol';
import { looksLikeSvg } from './svg/svg-text';

/** Receives the replies of a job in order. */
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

/** The images of one drawing. They are decoded one at a time, and share a limit of CPU time. */
export class ImageSession {
  cpuMs = 0;
  kills = 0;

  constructor(private readonly perform: Perform) {}

  /** Whether the session has used so much that one process is reserved for others. */
  get isHeavy(): boolean {
    return this.kills > 0 || this.cpuMs >= HEAVY_CPU_MS;
  }

  /**
   * Decodes an image in a separate process.
   * @param onReply receives the image and its pixels in order
   * @throws ImageRefusedError when the image is damaged or takes too much; the signal's reason
   */
  async decode(
    request: Omit<DecodingJob, 'kind' | 'memory'>,
    bytes: Uint8Array,
    onReply: OnReply,
    signal: AbortSignal,
  ): Promise<void> {
    if (this.kills >= MAX_KILLS || this.cpuMs >= MAX_CPU_MS) {
      throw new ImageRefusedError('the images of the drawing take too long to decode');
    }
    await this.perform(this, { ...request, kind: detectKind(bytes), memory: 0 }, bytes, onReply, signal);
  }
}

/**
 * @throws ImageRefusedError when the header is not that of a supported image of a reasonable size
 */
function detectKind(bytes: Uint8Array): DecodingJob['kind'] {
  const header = readImageHeader(bytes);
  if (header === null) {
    if (looksLikeSvg(bytes)) return 'svg';
    throw new ImageRefusedError('it is not a PNG, JPEG, GIF, WebP or SVG image');
  }
  const { width, height } = header;
  if (!(width * height > 0)) throw new ImageRefusedError('the image is empty');
  if (width * height > MAX_PIXELS) throw new ImageRefusedError(`${width} × ${height} pixels are too many`);
  return 'bitmap';
}
