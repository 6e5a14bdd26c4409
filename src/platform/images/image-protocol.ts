import type { Socket } from 'node:net';
import type { ImageUse, Size } from './image-scaling';

/** The image is not used. The message is a short reason that can follow "An image is missing: ". */
export class ImageRefusedError extends Error {
  override readonly name = 'ImageRefusedError';
}

/** A job of an image process for one image file. */
export type ImageJob = DecodingJob | PngJob;

/** A job for a PNG file of at most `maxSide` pixels a side: check it, or make a smaller copy. */
export type PngJob =
  | { readonly kind: 'check'; readonly maxSide: number }
  | { readonly kind: 'shrink'; readonly maxSide: number; readonly targetSide: number };

export function isPngJob(job: ImageJob): job is PngJob {
  return job.kind === 'check' || job.kind === 'shrink';
}

export interface DecodingJob {
  readonly kind: 'bitmap' | 'svg';
  readonly uses: readonly ImageUse[];
  /** Device pixels for each page pixel. */
  readonly ratio: number;
  /** Whether the image keeps its full size even when it is drawn much smaller. */
  readonly keepsSize: boolean;
  /** The maximum number of pixels in the result. */
  readonly maxPixels: number;
  /** The maximum memory of the job, in bytes. */
  readonly memory: number;
}

/** A copy of an image that was halved a number of times. */
export interface ImageCopy extends Size {
  readonly halvings: number;
}

/**
 * The header of a decoded image. The pixels of its copies follow in order, as strips of whole rows.
 */
export interface DecodedImage extends Size {
  /** Whether the pixels were rendered for the requested uses, as those of an SVG are. */
  readonly isRendered: boolean;
  readonly isOpaque: boolean;
  readonly copies: readonly ImageCopy[];
}

/** A message of an image process. */
export type ImageReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'image'; readonly image: DecodedImage }
  | { readonly kind: 'strip' }
  | { readonly kind: 'file' }
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly reason: string };

const HEADER_BYTES = 8;

/**
 * Writes a message with its bytes to a socket.
 * @returns `false` when the caller should wait for `drain`
 */
export function writeFrame(socket: Socket, message: ImageJob | ImageReply, bytes: Uint8Array): boolean {
  const text = Buffer.from(JSON.stringify(message));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(text.length, 0);
  header.writeUInt32LE(bytes.byteLength, 4);
  socket.write(Buffer.concat([header, text]));
  return socket.write(bytes);
}

/** Reads messages with their bytes from a socket. Each receiver owns its bytes. */
export function readFrames(socket: Socket, onFrame: (message: unknown, bytes: Uint8Array<ArrayBuffer>) => void): void {
  let header = Buffer.alloc(0);
  let body: { readonly message: unknown; readonly bytes: Uint8Array<ArrayBuffer>; filled: number } | null = null;
  socket.on('data', (chunk: Buffer) => {
    let rest = chunk;
    while (rest.length > 0) {
      if (body === null) {
        header = Buffer.concat([header, rest]);
        if (header.length < HEADER_BYTES) return;
        const textEnd = HEADER_BYTES + header.readUInt32LE(0);
        if (header.length < textEnd) return;
        const message: unknown = JSON.parse(header.toString('utf8', HEADER_BYTES, textEnd));
        body = { message, bytes: new Uint8Array(header.readUInt32LE(4)), filled: 0 };
        rest = header.subarray(textEnd);
        header = Buffer.alloc(0);
      }
      const part = rest.subarray(0, body.bytes.length - body.filled);
      body.bytes.set(part, body.filled);
      body.filled += part.length;
      rest = rest.subarray(part.length);
      if (body.filled < body.bytes.length) return;
      const { message, bytes } = body;
      body = null;
      onFrame(message, bytes);
    }
  });
}
