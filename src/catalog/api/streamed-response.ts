import { pipeline } from 'node:stream/promises';
import { HttpStatus, Logger } from '@nestjs/common';
import type { Response } from 'express';
import type { StreamedFile } from '../../export';
import { attachmentDisposition } from '../../platform/http/content-disposition';
import { abortSlowClient } from '../../platform/http/slow-client';

const logger = new Logger('StreamedAnswer');

/** Sends the rows as they come. An answer that cannot be ended is broken off, so that nobody takes it for whole. */
export async function sendStream(file: StreamedFile, response: Response): Promise<void> {
  const { name, contentType, body } = file;
  response.status(HttpStatus.OK).set({
    'Content-Type': contentType,
    'Content-Disposition': attachmentDisposition(name),
    'Cache-Control': 'private, no-store',
  });
  response.removeHeader('Retry-After');
  abortSlowClient(response);
  // A pipeline that waits for the next row does not notice by itself that nobody is there to take it.
  response.once('close', () => void file.close());
  try {
    await pipeline(body, response);
  } catch (error) {
    // The pipeline has destroyed the connection; the record says why.
    logger.warn('A streamed answer broke off', { reason: String(error) });
  } finally {
    await file.close();
  }
}
