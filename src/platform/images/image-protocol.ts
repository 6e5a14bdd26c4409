import type { Socket } from 'node:net';
import type { ImageUse } from './image-scaling';
import type { Size } from './size';

/** What an image process does with the bytes of one image. */
export type ImageJob = DecodingJob | { readonly kind: 'check'; readonly maxSide: number };

export interface DecodingJob {
  readonly kind: 'bitmap' | 'svg';
  readonly uses: readonly ImageUse[];
  /** Device pixels for each unit of the page. */
  readonly ratio: number;
  /** Whether the image stays as large as it is, even where it is drawn much smaller. */
  readonly keepsSize: boolean;
  /** How many pixels may come out. */
  readonly maxPixels: number;
  /** How much memory the work may take, in bytes. */
  readonly memory: number;
}

/** One version of an image: it was halved so often. */
export interface ImageCopy extends Size {
  readonly halvings: number;
}

/** What comes out of an image; its pixels follow, copy by copy, as strips of whole rows. */
export interface DecodedImage extends Size {
  /** Whether its pixels were made for the page at hand, as those of an SVG are. */
  readonly isRendered: boolean;
  readonly isOpaque: boolean;
  readonly copies: readonly ImageCopy[];
}

/** What an image process says. */
export type ImageReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'image'; readonly image: DecodedImage }
  | { readonly kind: 'strip' }
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly reason: string };

const HEAD_BYTES = 8;

/** Puts a message with its bytes on a socket. `false` when the other side should read first. */
export function writeFrame(socket: Socket, message: ImageJob | ImageReply, bytes: Uint8Array): boolean {
  const text = Buffer.from(JSON.stringify(message));
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(text.length, 0);
  head.writeUInt32LE(bytes.byteLength, 4);
  socket.write(Buffer.concat([head, text]));
  return socket.write(bytes);
}

/** Takes the messages from a socket, each with its bytes, which are the receiver's own. */
export function readFrames(socket: Socket, onFrame: (message: unknown, bytes: Uint8Array<ArrayBuffer>) => void): void {
  let head = Buffer.alloc(0);
  let body: { readonly message: unknown; readonly bytes: Uint8Array<ArrayBuffer>; filled: number } | null = null;
  socket.on('data', (chunk: Buffer) => {
    let rest = chunk;
    while (rest.length > 0) {
      if (body === null) {
        head = Buffer.concat([head, rest]);
        if (head.length < HEAD_BYTES) return;
        const textEnd = HEAD_BYTES + head.readUInt32LE(0);
        if (head.length < textEnd) return;
        const message: unknown = JSON.parse(head.toString('utf8', HEAD_BYTES, textEnd));
        body = { message, bytes: new Uint8Array(head.readUInt32LE(4)), filled: 0 };
        rest = head.subarray(textEnd);
        head = Buffer.alloc(0);
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
