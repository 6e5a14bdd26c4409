import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { ContentKind, ContentOf, ExportFormat, FormatWriter } from '../../../formats';
import type { ExportKind } from '../domain/export-kind';
import type { Export } from '../domain/export';
import type { Division, Piece } from '../domain/division';
import {
  type DividedSource,
  type ExportSource,
  type OpenedSource,
  type PageToDraw,
  SnapshotNotSharedError,
} from '../domain/export-source';

/** A piece of an export, which another worker divided. */
interface SharedPiece {
  readonly export: Export;
  /** As in the plan. */
  readonly snapshot: object | null;
  readonly piece: Piece;
}

/**
 * The sources and writers of exports. Both register while the application starts. The application does not start if a
 * source declares a format that has no writer for its content.
 */
@Injectable()
export class ExportSources implements OnApplicationBootstrap {
  private readonly sources = new Map<ExportKind, ExportSource>();
  private readonly writers = new Map<string, FormatWriter>();

  /** @throws Error if the kind already has a source */
  addSource(source: ExportSource): void {
    if (this.sources.has(source.kind)) throw new Error(`Two sources for ${source.kind} exports`);
    this.sources.set(source.kind, source);
  }

  /** @throws Error if the format already has a writer for this content */
  addWriter(writer: FormatWriter): void {
    for (const content of writer.accepts) {
      const key = writerKey(writer.format, content);
      if (this.writers.has(key)) throw new Error(`Two writers for ${key}`);
      this.writers.set(key, writer);
    }
  }

  onApplicationBootstrap(): void {
    for (const source of this.sources.values()) {
      for (const [format, contents] of Object.entries(source.formats)) {
        const missing = contents.map((content) => writerKey(format, content)).find((key) => !this.writers.has(key));
        if (missing !== undefined)
          throw new Error(`The source of ${source.kind} declares ${missing}: there is no writer`);
      }
    }
  }

  source(kind: ExportKind): ExportSource {
    const source = this.sources.get(kind);
    if (!source) throw new Error(`No source gives ${kind} exports: mark it with @ExportSourceProvider and provide it`);
    return source;
  }

  /** Checks whether an export may still be read. @throws DomainError if not */
  async authorize(request: Export): Promise<void> {
    await this.source(request.kind).authorize?.(request);
  }

  /** Opens the content of an export. @throws DomainError, and what else the source throws */
  open(request: Export, signal: AbortSignal): Promise<OpenedSource> {
    const source = this.source(request.kind);
    return source.open(paramsOf(source, request), { export: request, signal });
  }

  /** Opens and divides the content of an export. @throws DomainError, and what else the source throws */
  divide(request: Export, division: Division, signal: AbortSignal): Promise<DividedSource> {
    const source = this.source(request.kind);
    if (!source.divide) throw new Error(`The source of ${request.kind} divides no exports`);
    return source.divide(paramsOf(source, request), division, { export: request, signal });
  }

  /** Opens what a part reads. @throws SnapshotNotSharedError | DomainError, and what else the source throws */
  openPiece({ export: request, snapshot, piece }: SharedPiece, signal: AbortSignal): Promise<ContentOf<'relations'>> {
    const source = this.source(request.kind);
    if (!snapshot || !source.openPiece) throw new SnapshotNotSharedError('The rows can be read by one worker only');
    return source.openPiece(paramsOf(source, request), snapshot, piece, { export: request, signal });
  }

  /** Whether the source of an export draws pages of its files. */
  hasPages({ kind }: Export): boolean {
    return this.source(kind).drawPage !== undefined;
  }

  /** @throws DomainError | Error unless `hasPages` */
  async drawPage(page: PageToDraw): Promise<Uint8Array> {
    const source = this.source(page.export.kind);
    const png = await source.drawPage?.(paramsOf(source, page.export), page);
    if (!png) throw new Error(`The source of ${page.export.kind} draws no pages`);
    return png;
  }

  /** The writer of content that is not opened yet. */
  writerOf(format: ExportFormat, content: ContentKind): FormatWriter {
    const writer = this.writers.get(writerKey(format, content));
    if (!writer) throw new Error(`No writer for ${writerKey(format, content)}`);
    return writer;
  }

  /** @throws DomainError unavailable, if this installation cannot write the format */
  requireInstallation(format: ExportFormat): void {
    for (const writer of this.writers.values()) if (writer.format === format) writer.requireInstallation?.();
  }

  writer<Kind extends ContentKind>(format: ExportFormat, content: ContentOf<Kind>): FormatWriter<Kind> {
    return this.writerOf(format, content.kind) as unknown as FormatWriter<Kind>;
  }
}

function paramsOf(source: ExportSource, request: Export): unknown {
  return source.params.parse(request.params ?? source.recover(request, request));
}

function writerKey(format: string, content: string): string {
  return `${format} from ${content}`;
}
