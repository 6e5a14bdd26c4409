import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HttpStatus, Injectable, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Principal } from '../../platform/auth/principal';
import { DomainError } from '../../platform/errors/domain-error';
import { attachmentDisposition } from '../../platform/http/content-disposition';
import type { ByteRange } from '../../platform/storage/file-storage';
import { type DownloadableFile, ExportDownload } from '../model/services/export-download';
import { isNotModified, etagOf } from './etag';
import { OneTimeResponder } from './one-time-responder';

/** Answers with the file of an export: whole, in parts, or as often as it may be given out. */
@Injectable()
export class FileResponder {
  private readonly logger = new Logger(FileResponder.name);

  constructor(
    private readonly downloads: ExportDownload,
    private readonly oneTime: OneTimeResponder,
  ) {}

  /**
   * @param by whose export it must be; `null` for the bearer of a link
   * @throws DomainError not-found | conflict | gone | forbidden | range | precondition
   */
  async send(exportId: string, by: Principal | null, request: Request, response: Response): Promise<void> {
    const file = await this.downloads.find(exportId, by);
    response.set({
      ETag: etagOf(file),
      'Content-Disposition': attachmentDisposition(file.name),
      'Cache-Control': file.oneTime ? 'private, no-store' : 'private, no-cache',
    });
    if (isNotModified(request, etagOf(file))) {
      response.status(HttpStatus.NOT_MODIFIED).end();
      return;
    }
    if (file.oneTime) await this.oneTime.send(file, by, request, response);
    else await this.sendRange(file, by, request, response);
  }

  private async sendRange(
    file: DownloadableFile,
    by: Principal | null,
    request: Request,
    response: Response,
  ): Promise<void> {
    response.set({ 'Accept-Ranges': 'bytes' });
    const range = rangeOf(request, file.size, etagOf(file));
    if (range === 'unsatisfiable') {
      response.set('Content-Range', `bytes */${file.size}`);
      throw new DomainError('range', 'range-not-satisfiable', `The file has ${file.size} bytes and no such range`);
    }
    await this.answer(file, range, by, request, response);
  }

  private async answer(
    file: DownloadableFile,
    range: ByteRange | undefined,
    by: Principal | null,
    request: Request,
    response: Response,
  ): Promise<void> {
    const isWhole = range === undefined && request.method === 'GET';
    const address = await this.downloads.redirectTo(file);
    if (address !== null) {
      if (isWhole) await this.downloads.recordDownload(file, by);
      response.redirect(HttpStatus.FOUND, address);
      return;
    }
    response.type(file.contentType).set('Content-Length', String(range ? range.end - range.start + 1 : file.size));
    if (range) {
      response
        .status(HttpStatus.PARTIAL_CONTENT)
        .set('Content-Range', `bytes ${range.start}-${range.end}/${file.size}`);
    }
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    if (!(await this.stream(file, range, response))) return;
    if (isWhole) await this.downloads.recordDownload(file, by);
  }

  /** @returns whether the last byte went out */
  private async stream(file: DownloadableFile, range: ByteRange | undefined, response: Response): Promise<boolean> {
    const bytes = await this.downloads.open(file, range);
    const length = range ? range.end - range.start + 1 : file.size;
    try {
      await pipeline(exactly(bytes, length), response);
      return true;
    } catch (error) {
      // The pipeline destroyed the connection, so that nobody takes half a file for a whole one.
      this.logger.warn('A download broke off', { export_id: file.exportId, reason: String(error) });
      return false;
    }
  }
}

/**
 * Ends with the last byte, not when the source says so a moment later: a client that has them all may be gone by then.
 * @throws when the source has fewer bytes
 */
export async function* exactly(source: Readable, length: number): AsyncGenerator<Buffer> {
  let left = length;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    left -= chunk.length;
    yield chunk;
    if (left <= 0) return;
  }
  if (left > 0) throw new Error(`The stored file ends ${left} bytes too early`);
}

/** The one range asked for; nothing when the whole file is meant, also by a form of range that we do not serve. */
function rangeOf(request: Request, size: number, tag: string): ByteRange | 'unsatisfiable' | undefined {
  const condition = request.get('If-Range');
  if (condition !== undefined && condition !== tag) return undefined;
  // A range that ends before it begins is none, and is passed over.
  const [, first, last] = /^\s*bytes=\s*(\d+)\s*-\s*(\d+)\s*$/.exec(request.get('Range') ?? '') ?? [];
  if (Number(first) > Number(last)) return undefined;
  const ranges = request.range(size);
  if (ranges === -1) return 'unsatisfiable';
  if (ranges === undefined || ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return undefined;
  return ranges[0];
}
