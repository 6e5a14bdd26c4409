import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { isAcknowledged } from '../../platform/http/acknowledged';
import { abortSlowClient } from '../../platform/http/slow-client';
import type { DownloadSink } from '../model/services/one-time-download';

/** After the timeout the acknowledgement is checked at this part of it. */
const CHECKS_PER_TIMEOUT = 6;

/**
 * The reader of an answer that ends with its connection. That the bytes were written tells nothing: they may lie in
 * buffers for as long as the network is away. Having everything, a client closes its side, as it was told by
 * `Connection: close`; one that closes with bytes unread resets the connection. So the orderly end is the receipt; for
 * want of one, the acknowledgement of the other machine.
 */
export class HttpDownloadSink implements DownloadSink {
  private readonly leaving = new AbortController();
  private bytes = 0;

  /**
   * @param response whose head, with its length and `Connection: close`, is set
   * @param socket on which it goes out
   * @param ackTimeoutMs for the client to close the connection, before the other machine's acknowledgement counts
   */
  constructor(
    private readonly response: Response,
    private readonly socket: Socket,
    private readonly ackTimeoutMs: number,
  ) {
    const leave = () => {
      this.leaving.abort(new Error('The reader has left'));
    };
    if (socket.destroyed || socket.readableEnded) leave();
    else socket.once('end', leave).once('close', leave);
    abortSlowClient(response);
    // What is sent along with the request would otherwise keep the end behind it from being heard.
    response.req.resume();
  }

  get bytesSent(): number {
    return this.bytes;
  }

  async write(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    // The head goes out with the first bytes: of an empty file it is everything.
    await pipeline(Readable.from(this.counted(bytes), { objectMode: false }), this.response, { end: false, signal });
  }

  get disconnected(): AbortSignal {
    return this.leaving.signal;
  }

  writeFinal(byte: Uint8Array, withinSeconds: number): Promise<boolean> {
    const { socket, response, ackTimeoutMs } = this;
    return new Promise((resolve) => {
      const settle = (isAccepted: boolean) => {
        clearInterval(looking);
        resolve(isAccepted);
      };
      const begun = Date.now();
      const looking = setInterval(() => {
        const waited = Date.now() - begun;
        if (waited < ackTimeoutMs) return;
        void isAcknowledged(socket).then((isAccepted) => {
          if (!isAccepted && waited < withinSeconds * 1000) return;
          settle(isAccepted);
          // Whoever has everything has it, though they keep the connection: holding it makes no second file.
          if (isAccepted) socket.destroy();
        });
      }, ackTimeoutMs / CHECKS_PER_TIMEOUT);
      socket
        .once('end', () => {
          settle(true);
        })
        .once('close', () => {
          settle(false);
        });
      response.flushHeaders();
      response.write(byte, () => {
        this.bytes += byte.length;
        // Whoever waits for the end of the connection, and does not count, is told by it. Nothing more is sent; what the
        // reader does is still heard.
        socket.end();
      });
      // An answer gathers what is written to it until the end of the tick.
      while (socket.writableCorked > 0) socket.uncork();
    });
  }

  abort(): void {
    if (!this.socket.destroyed) this.socket.resetAndDestroy();
  }

  private async *counted(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      yield chunk;
      this.bytes += chunk.length;
    }
  }
}
