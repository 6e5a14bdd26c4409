import { Injectable } from '@nestjs/common';
import { DigestedBytes } from '../../../platform/digest/block-digest';
import { FileStorage } from '../../../platform/storage/file-storage';
import { objectPrefix } from '../../../export/sources';
import type { FinishedFile } from '../domain/finished-file';
import type { ReportProgress } from '../../../formats';
import type { Attempt } from '../domain/interfaces/attempt.repository';
import { Production, StorageFault } from '../domain/interfaces/production';
import { ExportRendering } from './export-rendering';

/** Streams an export from its source through its format into the storage, and computes the checksums on the way. */
@Injectable()
export class ExportProduction extends Production {
  constructor(
    private readonly rendering: ExportRendering,
    private readonly storage: FileStorage,
  ) {
    super();
  }

  override async produce(
    { export: request, token }: Attempt,
    report: ReportProgress,
    signal: AbortSignal,
  ): Promise<FinishedFile> {
    // An earlier attempt that was killed or handed back may have left a file or a partial upload.
    await this.storage.discard(objectPrefix(request.id));

    const file = await this.rendering.render(request, report, signal);
    const { contentType } = file;
    const key = `${objectPrefix(request.id)}${token}.${file.extension}`;
    const body = new DigestedBytes(file.body);
    await this.storage.put(key, body, { contentType, signal }).catch((error: unknown) => {
      if (body.failed || signal.aborted) throw error;
      throw new StorageFault('The file could not be stored', { cause: error });
    });
    return { object: { key, contentType }, ...file.finish(body.digest()) };
  }
}
