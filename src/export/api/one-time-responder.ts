import type { Socket } from 'node:net';
import { HttpStatus, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Principal } from '../../platform/auth/principal';
import { Config } from '../../platform/config/config';
import { DomainError } from '../../platform/errors/domain-error';
import { DOWNLOAD_RETRY_SECONDS } from '../model/domain/download-lease-limits';
import type { DownloadableFile } from '../model/services/export-download';
import { OneTimeDownload } from '../model/services/one-time-download';
import { HttpDownloadSink } from './http-download-sink';
import { isPrefetch } from './prefetch';

const CONDITIONS = ['If-Match', 'If-None-Match', 'If-Modified-Since', 'If-Unmodified-Since', 'If-Range'];

/**
 * Answers with a file that is given out once. Nothing but a plain GET can have it: whoever asks for a part, under a
 * condition or ahead of time learns what the file is, and leaves it as it is.
 */
@Injectable()
export class OneTimeResponder {
  constructor(
    private readonly downloads: OneTimeDownload,
    private readonly config: Config,
  ) {}

  /** @throws DomainError conflict | gone | forbidden | range | precondition */
  async send(file: DownloadableFile, by: Principal | null, request: Request, response: Response): Promise<void> {
    // No proxy may take the file to its end for a reader who is not there any more.
    response.set({ 'Accept-Ranges': 'none', 'X-Accel-Buffering': 'no' });
    refuseAllButPlain(request, file, response);
    const isHead = request.method === 'HEAD';
    const socket = isHead ? null : ownConnection(response);
    const lease = isHead ? null : await this.downloads.claim(file, by);
    response.status(HttpStatus.OK).type(file.contentType).set('Content-Length', String(file.size));
    if (socket === null || lease === null) {
      response.end();
      return;
    }
    response.set('Connection', 'close');
    const ackTimeoutMs = this.config.downloads.ackTimeoutSeconds * 1000;
    await this.downloads.send(file, lease, new HttpDownloadSink(response, socket, ackTimeoutMs));
  }
}

/** @throws DomainError conflict, when answers to earlier requests are still to go out on the connection */
function ownConnection({ socket }: Response): Socket {
  if (socket) return socket;
  const message =
    'This file is given out once: ask for it when the answers before it have come, or on another connection';
  throw new DomainError('conflict', 'one-time-not-pipelined', message, { retryAfterSeconds: DOWNLOAD_RETRY_SECONDS });
}

function refuseAllButPlain(request: Request, file: DownloadableFile, response: Response): void {
  if (request.get('Range') !== undefined) {
    const message = 'This file is given out once, and whole: ask without Range';
    // To programs that go on with a part they have, 416 means that there is no more; a browser that names the file which
    // the part is of, and learns this, begins anew.
    const isBrowser = request.get('If-Range') !== undefined;
    if (isBrowser) response.set('Content-Range', `bytes */${file.size}`);
    throw new DomainError(isBrowser ? 'range' : 'forbidden', 'one-time-not-in-parts', message);
  }
  if (CONDITIONS.some((name) => request.get(name) !== undefined)) {
    const message = 'This file is given out once: ask without If-Match, If-None-Match and the like';
    throw new DomainError('precondition', 'one-time-not-conditionally', message);
  }
  if (isPrefetch(request)) {
    const message = 'This file is given out once: not to previews and not ahead of time';
    throw new DomainError('forbidden', 'one-time-not-ahead', message);
  }
}
