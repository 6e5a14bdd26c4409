import { Injectable } from '@nestjs/common';
import { Checksums } from '../../../platform/digest/checksums';
import { FileStorage } from '../../../platform/storage/file-storage';
import { type ContentOf, CutRelation, type RenderedFile } from '../../../formats';
import type { Export } from '../../../export';
import {
  divisionOf,
  ExportSources,
  MAX_FILES,
  SnapshotNotSharedError,
  tooManyFilesError,
} from '../../../export/sources';
import type { Attempt } from '../domain/interfaces/attempt.repository';
import { DividedProduction, type LedDivision, type ReportRows } from '../domain/interfaces/divided-production';
import { ObservedContent } from '../domain/manifest/content-facts';
import { type ClaimedPart, type FinishedPart, toPartKey } from '../domain/part';
import type { StoredPartFile } from '../domain/part-file';
import { StorageFault } from '../domain/interfaces/production';

/** Streams the rows of parts through their format into the storage. */
@Injectable()
export class PartProduction extends DividedProduction {
  constructor(
    private readonly sources: ExportSources,
    private readonly storage: FileStorage,
  ) {
    super();
  }

  override async lead({ export: request }: Attempt, signal: AbortSignal): Promise<LedDivision> {
    const division = divisionOf(request.options);
    if (!division) throw new Error('The export is not divided');
    const closing = new AbortController();
    const source = await this.sources.divide(request, division, AbortSignal.any([signal, closing.signal]));
    const { plan, title, server = null, content } = source;
    return {
      plan,
      facts: new ObservedContent(content).facts(title, server),
      rowCount: content.relations[0]?.rowCount ?? null,
      produce: async (part, report, partSignal) => {
        try {
          if (part.snapshot) return await this.produce(part, report, partSignal);
        } catch (error) {
          if (!(error instanceof SnapshotNotSharedError)) throw error;
        }
        return this.store(part, source.openPiece(part.piece), report, partSignal);
      },
      assertOpen: () => source.assertOpen(),
      close: () => {
        closing.abort(new Error('The attempt has ended'));
      },
    };
  }

  override async produce(part: ClaimedPart, report: ReportRows, signal: AbortSignal): Promise<FinishedPart> {
    const closing = new AbortController();
    try {
      const content = await this.sources.openPiece(part, AbortSignal.any([signal, closing.signal]));
      return await this.store(part, content, report, signal);
    } finally {
      closing.abort(new Error('The part has ended'));
    }
  }

  private async store(
    part: ClaimedPart,
    content: ContentOf<'relations'>,
    report: ReportRows,
    signal: AbortSignal,
  ): Promise<FinishedPart> {
    const files = new PartFiles(part, this.storage, signal);
    try {
      await this.writeAll(part, content, files, report);
      return files.finish();
    } catch (error) {
      await files.discard();
      throw error;
    }
  }

  private async writeAll(
    { export: request, piece: { limits } }: ClaimedPart,
    content: ContentOf<'relations'>,
    files: PartFiles,
    report: ReportRows,
  ): Promise<void> {
    const write = (relation: ContentOf<'relations'>['relations'][number]) =>
      this.write(request, { ...content, relations: [relation] }, (rows) => {
        report(files.rows + rows);
      });
    const [relation] = content.relations;
    if (!relation) throw new Error('A part reads one table');
    if (limits.rows === null && limits.bytes === null) {
      await files.add(write(relation));
      return;
    }
    const cut = new CutRelation(relation, limits);
    try {
      do await files.add(write(cut.next()));
      while (await cut.hasMore());
    } finally {
      await cut.close();
    }
  }

  private write(request: Export, content: ContentOf<'relations'>, report: ReportRows): RenderedFile {
    return this.sources.writer(request.format, content).write(content, request.options, ({ done }) => {
      report(done);
    });
  }
}

/** The files of one attempt at a part. */
class PartFiles {
  rows = 0;
  private readonly files: StoredPartFile[] = [];
  private readonly warnings = new Map<string, FinishedPart['warnings'][number]>();

  constructor(
    private readonly part: ClaimedPart,
    private readonly storage: FileStorage,
    private readonly signal: AbortSignal,
  ) {}

  async add(file: RenderedFile): Promise<void> {
    if (this.files.length === MAX_FILES) throw tooManyFilesError();
    const { contentType, extension } = file;
    const key = toPartKey(this.part, this.files.length + 1, extension);
    const body = new Checksums(file.body);
    await this.storage.put(key, body, { contentType, signal: this.signal }).catch((error: unknown) => {
      if (body.failed || this.signal.aborted) throw error;
      throw new StorageFault('The file could not be stored', { cause: error });
    });
    const { recordCount, warnings } = file.summary();
    const { bytes: size, sha256, blocks } = body.digest();
    const rows = recordCount ?? 0;
    this.files.push({ key, extension, contentType, rows, size, sha256, blocks, crc32: body.crc32 });
    this.rows += rows;
    for (const warning of warnings) this.warnings.set(warning.text, warning);
  }

  finish(): FinishedPart {
    return { files: this.files, warnings: [...this.warnings.values()] };
  }

  /** Files that stay because the storage fails are orphans, which the collector finds. */
  async discard(): Promise<void> {
    await this.storage.deleteAll(this.files.map(({ key }) => key)).catch(() => undefined);
  }
}
