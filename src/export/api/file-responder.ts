import { HttpStatus, Injectable, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Principal } from '../../platform/auth/principal';
import { Config } from '../../platform/config/config';
import { DomainError } from '../../platform/errors/domain-error';
import { attachmentDisposition } from '../../platform/http/content-disposition';
import { etagOf, isNotModified } from '../../platform/http/etag';
import { sendChunks } from '../../platform/http/send-chunks';
import type { ByteRange } from '../../platform/storage/file-storage';
import { DownloadService } from '../model/services/download.service';
import { type DownloadableFile, exactly, ExportFiles } from '../model/services/export-files';
import { HttpDownloadSink } from './http-download-sink';
import { assertPlainRequest, exclusiveSocketOf } from './one-time-request';

const SVG = 'image/svg+xml';

/** A browser that shows an SVG in spite of `Content-Disposition` treats it as a page of this origin: it must run and load nothing. */
const SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox";

/** Sends the file of an export: whole, a range of it, by redirect, or once. */
@Injectable()
export class FileResponder {
  private readonly logger = new Logger(FileResponder.name);

  constructor(
    private readonly files: ExportFiles,
    private readonly downloads: DownloadService,
    private readonly config: Config,
  ) {}

  /**
   * @param by the principal that must own the export; `null` for the bearer of a link
   * @throws DomainError not-found | conflict | gone | forbidden | range | precondition
   */
  async send(exportId: string, by: Principal | null, request: Request, response: Response): Promise<void> {
    await this.sendFile(await this.files.find(exportId, by), by, request, response);
  }

  /** @throws as `send` */
  async sendFile(file: DownloadableFile, by: Principal | null, request: Request, response: Response): Promise<void> {
    if (file.contentType === SVG) response.set('Content-Security-Policy', SVG_POLICY);
    response.set({
      ETag: etagOf(file),
      'Content-Disposition': attachmentDisposition(file.name),
      'Cache-Control': file.oneTime ? 'private, no-store' : 'private, no-cache',
    });
    if (isNotModified(request, etagOf(file))) response.status(HttpStatus.NOT_MODIFIED).end();
    else if (file.oneTime) await this.sendOnce(file, by, request, response);
    else await this.sendRange(file, by, request, response);
  }

  private async sendOnce(
    file: DownloadableFile,
    by: Principal | null,
    request: Request,
    response: Response,
  ): Promise<void> {
    // A buffering proxy would consume the file for a client that may be gone.
    response.set({ 'Accept-Ranges': 'none', 'X-Accel-Buffering': 'no' });
    assertPlainRequest(request, file, response);
    if (request.method === 'HEAD') {
      response.type(file.contentType).set('Content-Length', String(file.size)).end();
      return;
    }
    const socket = exclusiveSocketOf(response);
    const lease = await this.downloads.claim(file, by);
    response.type(file.contentType).set({ 'Content-Length': String(file.size), Connection: 'close' });
    const ackTimeoutMs = this.config.downloads.ackTimeoutSeconds * 1000;
    await this.downloads.sendOnce(file, lease, new HttpDownloadSink(response, socket, ackTimeoutMs));
  }

  private async sendRange(
    file: DownloadableFile,
    by: Principal | null,
    request: Request,
    response: Response,
  ): Promise<void> {
    response.set({ 'Accept-Ranges': 'bytes' });
    const range = parseRange(request, file);
    if (range === 'unsatisfiable') {
      response.set('Content-Range', `bytes */${file.size}`);
      throw new DomainError('range', 'range-not-satisfiable', `The file has ${file.size} bytes and no such range`);
    }
    const isDownload = range === undefined && request.method === 'GET';
    const location = await this.files.redirectTo(file);
    if (location !== null) {
      if (isDownload) await this.downloads.recordDownload(file, by);
      response.redirect(HttpStatus.FOUND, location);
      return;
    }
    const length = range ? range.end - range.start + 1 : file.size;
    response.type(file.contentType).set('Content-Length', String(length));
    if (range) {
      response
        .status(HttpStatus.PARTIAL_CONTENT)
        .set('Content-Range', `bytes ${range.start}-${range.end}/${file.size}`);
    }
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const bytes = await this.files.openForSending(file, range);
    const isComplete = await this.stream(exactly(bytes, length), file, response);
    if (isComplete && isDownload) await this.downloads.recordDownload(file, by);
  }

  /** @returns whether the last byte was sent */
  private async stream(bytes: AsyncIterable<Buffer>, file: DownloadableFile, response: Response): Promise<boolean> {
    try {
      await sendChunks(bytes, response);
      return true;
    } catch (error) {
      this.logger.warn('A download was aborted', {
        event: 'export.download_aborted',
        export_id: file.exportId,
        reason: String(error),
      });
      return false;
    }
  }
}

/** The requested range; `undefined` for the whole file, also when the form of the range is not supported. */
function parseRange(request: Request, file: DownloadableFile): ByteRange | 'unsatisfiable' | undefined {
  const condition = request.get('If-Range');
  if (condition !== undefined && condition !== etagOf(file)) return undefined;
  // A range that ends before it starts is invalid, and an invalid Range is ignored (RFC 9110).
  const [, first, last] = /^\s*bytes=\s*(\d+)\s*-\s*(\d+)\s*$/.exec(request.get('Range') ?? '') ?? [];
  if (Number(first) > Number(last)) return undefined;
  const ranges = request.range(file.size);
  if (ranges === -1) return 'unsatisfiable';
  if (ranges === undefined || ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return undefined;
  return ranges[0];
}
