import { Injectable } from '@nestjs/common';
import { type RenderedFile, type ReportProgress, toFileName } from '../../../formats';
import type { FileDigest } from '../../../platform/digest/block-digest';
import type { Export } from '../../../export';
import { ExportSources } from '../../../export/sources';
import type { FinishedFile } from '../domain/finished-file';
import { ObservedContent } from '../domain/manifest/content-facts';
import { ManifestSealer } from './manifest-sealer';

/** A file that is produced while its body is read. */
export interface RenderedExport extends Pick<RenderedFile, 'body' | 'contentType' | 'extension'> {
  readonly name: string;
  /** What is known of the file once its body has been read, but where it is. */
  finish(digest: FileDigest): Omit<FinishedFile, 'object'>;
}

/** Turns the content of an export into its file, and notes for the manifest what is in it. */
@Injectable()
export class ExportRendering {
  constructor(
    private readonly sources: ExportSources,
    private readonly sealer: ManifestSealer,
  ) {}

  /** @throws DomainError, and what else the source or the format throws */
  async render(request: Export, report: ReportProgress, signal: AbortSignal): Promise<RenderedExport> {
    const { title, content, server = null, read } = await this.sources.open(request, signal);
    const observed = new ObservedContent(content);
    const facts = () => observed.facts(title, server);
    const file = this.sources
      .writer(request.format, observed.content)
      .write(observed.content, request.options, report, (archived) =>
        this.sealer.sealArchive(request, facts(), archived),
      );
    const { body, contentType, extension } = file;
    const name = toFileName(title, extension);
    const finish = ({ bytes: size, sha256, blocks }: FileDigest) => {
      return {
        name,
        contentType,
        size,
        sha256,
        blocks,
        ...file.summary(),
        read: read?.() ?? null,
        facts: facts(),
      };
    };
    return { body, contentType, extension, name, finish };
  }
}
