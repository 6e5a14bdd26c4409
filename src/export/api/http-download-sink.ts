import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { isAcknowledged } from '../../platform/http/acknowledged';
import { abortSlowClient } from '../../platform/http/slow-client';
import type { DownloadSink } from '../model/services/one-time-transfer';

const CHECKS_PER_ACK_TIMEOUT = 6;

/**
 * A response that owns its connection. A completed write says little: the bytes may wait in buffers while the network is
 * down. But a client that has received everything closes its side, as `Connection: close` demands, and one that closes
 * with unread bytes resets the connection. So an orderly close confirms the download. For a client that keeps the
 * connection open, as a paused program does, the acknowledgement by its kernel confirms it.
 */
export class HttpDownloadSink implements DownloadSink {
  private readonly disconnect = new AbortController();
  private sent = 0;

  /**
   * @param response with its status, length and `Connection: close` set
   * @param ackTimeoutMs how long to wait for the client to close before its kernel's acknowledgement counts
   */
  constructor(
    private readonly response: Response,
    private readonly socket: Socket,
    private readonly ackTimeoutMs: number,
  ) {
    const onDisconnect = () => {
      this.disconnect.abort(new Error('The client disconnected'));
    };
    if (socket.destroyed || socket.readableEnded) onDisconnect();
    else socket.once('end', onDisconnect).once('close', onDisconnect);
    abortSlowClient(response);
    // An unread request body would hide the end of the connection behind it.
    response.req.resume();
  }

  get bytesSent(): number {
    return this.sent;
  }

  get disconnected(): AbortSignal {
    return this.disconnect.signal;
  }

  async write(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    // The response head goes out with the first bytes: for an empty file it is already the whole response.
    await pipeline(Readable.from(this.counted(bytes), { objectMode: false }), this.response, { end: false, signal });
  }

  writeFinal(byte: Uint8Array, deadlineSeconds: number): Promise<boolean> {
    const { socket, response, ackTimeoutMs } = this;
    return new Promise((resolve) => {
      const settle = (isConfirmed: boolean) => {
        clearInterval(checks);
        resolve(isConfirmed);
      };
      const began = Date.now();
      const checks = setInterval(() => {
        const waitedMs = Date.now() - began;
        if (waitedMs < ackTimeoutMs) return;
        void isAcknowledged(socket).then((isConfirmed) => {
          if (!isConfirmed && waitedMs < deadlineSeconds * 1000) return;
          settle(isConfirmed);
          // The client's kernel has all bytes, so the connection is of no more use.
          if (isConfirmed) socket.destroy();
        });
      }, ackTimeoutMs / CHECKS_PER_ACK_TIMEOUT);
      socket
        .once('end', () => {
          settle(true);
        })
        .once('close', () => {
          settle(false);
        });
      response.flushHeaders();
      response.write(byte, () => {
        this.sent += byte.length;
        // Half-closes the connection, for clients that read until its end. Their own close is still received.
        socket.end();
      });
      // A response corks its socket until the end of the tick. The byte must not wait for that.
      while (socket.writableCorked > 0) socket.uncork();
    });
  }

  abort(): void {
    if (!this.socket.destroyed) this.socket.resetAndDestroy();
  }

  private async *counted(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      yield chunk;
      this.sent += chunk.length;
    }
  }
}
