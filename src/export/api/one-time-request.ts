import type { Socket } from 'node:net';
import type { Request, Response } from 'express';
import { DomainError } from '../../platform/errors/domain-error';
import { DOWNLOAD_RETRY_SECONDS } from '../model/domain/downloads';
import type { DownloadableFile } from '../model/services/export-files';

const CONDITIONS = ['If-Match', 'If-None-Match', 'If-Modified-Since', 'If-Unmodified-Since', 'If-Range'];

/**
 * Only a plain GET may consume a one-time file. A range, a condition or a prefetch is refused, and leaves the file as it is.
 * @throws DomainError range | forbidden | precondition
 */
export function assertPlainRequest(request: Request, file: DownloadableFile, response: Response): void {
  if (request.get('Range') !== undefined) {
    // Download programs take 416 as "the file is complete". A browser, which sends If-Range, starts again on 416.
    const isBrowser = request.get('If-Range') !== undefined;
    if (isBrowser) response.set('Content-Range', `bytes */${file.size}`);
    const message = 'A one-time file can only be downloaded whole. Send the request without Range.';
    throw new DomainError(isBrowser ? 'range' : 'forbidden', 'one-time-not-in-parts', message);
  }
  if (CONDITIONS.some((name) => request.get(name) !== undefined)) {
    const message =
      'A one-time file cannot be downloaded conditionally. Send the request without If-Match, If-None-Match and similar headers.';
    throw new DomainError('precondition', 'one-time-not-conditionally', message);
  }
  if (isPrefetchOrLinkPreview(request)) {
    const message = 'A one-time file is not served to link previews and prefetches. Open the link to download it.';
    throw new DomainError('forbidden', 'one-time-not-ahead', message);
  }
}

/**
 * The socket of a response that may use it exclusively.
 * @throws DomainError conflict, while responses to earlier requests are pending on the connection
 */
export function exclusiveSocketOf({ socket }: Response): Socket {
  if (socket) return socket;
  const message =
    'A one-time file cannot be downloaded while other requests are pending on the connection. Use another connection.';
  throw new DomainError('conflict', 'one-time-not-pipelined', message, { retryAfterSeconds: DOWNLOAD_RETRY_SECONDS });
}

/** Headers in which browsers announce a prefetch: the standard one and its predecessors. */
const PURPOSE_HEADERS = ['Sec-Purpose', 'Purpose', 'X-Purpose', 'X-Moz'];

/** Programs that open posted links to show a preview, and crawlers. */
const LINK_PREVIEWERS =
  /Slackbot|Slack-ImgProxy|TelegramBot|^WhatsApp\/|facebookexternalhit|Facebot|Twitterbot|Discordbot|LinkedInBot|SkypeUriPreview|MicrosoftPreview|^Viber|Mattermost-Bot|vkShare|redditbot|Pinterestbot|Iframely|Embedly|Applebot|Googlebot|bingbot|YandexBot|DuckDuckBot/i;

/** Whether a program sent the request on its own, not for a person who opened the link. */
export function isPrefetchOrLinkPreview(request: Request): boolean {
  return (
    PURPOSE_HEADERS.some((name) => /prefetch|prerender|preview/i.test(request.get(name) ?? '')) ||
    LINK_PREVIEWERS.test(request.get('User-Agent') ?? '')
  );
}
