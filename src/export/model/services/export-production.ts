import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { FileStorage } from '../../../platform/storage/file-storage';
import { type FinishedFile, objectPrefix } from '../domain/export';
import { type ReportProgress, toFileName } from '../../../formats';
import type { Attempt } from '../domain/interfaces/attempt.repository';
import { ExportSources } from './export-sources';

/** The file was rendered, but the storage refused it. */
export class StorageFault extends Error {
  override readonly name = 'StorageFault';
}

/** Streams an export from its source through its format into the storage, and computes the checksum on the way. */
@Injectable()
export class ExportProduction {
  constructor(
    private readonly sources: ExportSources,
    private readonly storage: FileStorage,
  ) {}

  /**
   * Stores the file of an attempt under the attempt's own key, where it is not visible yet.
   * @throws DomainError | StorageFault | any other fault of the source or the format
   */
  async produce(
    { export: request, token }: Attempt,
    report: ReportProgress,
    signal: AbortSignal,
  ): Promise<FinishedFile> {
    // An earlier attempt that was killed or handed back may have left a file or a partial upload.
    await this.storage.discard(objectPrefix(request.id));

    const { title, content } = await this.sources.open(request, signal);
    const file = this.sources.writer(request.format, content).write(content, request.options, report);
    const key = `${objectPrefix(request.id)}${token}.${file.extension}`;
    const body = new DigestedBody(file.body);
    const size = await this.storage
      .put(key, body, { contentType: file.contentType, signal })
      .catch((error: unknown) => {
        if (body.failed || signal.aborted) throw error;
        throw new StorageFault('The file could not be stored', { cause: error });
      });
    return {
      object: { key, contentType: file.contentType },
      name: toFileName(title, file.extension),
      size,
      sha256: body.sha256(),
      ...file.summary(),
    };
  }
}

/** Passes bytes on, computes their checksum, and knows whether their source failed. */
class DigestedBody implements AsyncIterable<Uint8Array> {
  private readonly hash = createHash('sha256');
  failed = false;

  constructor(private readonly source: AsyncIterable<Uint8Array>) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.source) {
        this.hash.update(chunk);
        yield chunk;
      }
    } catch (error) {
      this.failed = true;
      throw error;
    }
  }

  sha256(): string {
    return this.hash.digest('hex');
  }
}
