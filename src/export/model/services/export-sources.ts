import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Content, ContentKind, ExportFormat, FormatWriter } from '../../../formats';
import type { ExportKind } from '../domain/export-kind';
import type { Export } from '../domain/export';
import type { ExportSource, OpenedSource } from '../domain/export-source';

/**
 * The sources and writers of the application, which register while it starts. It refuses to start when a source declares a
 * format that no writer writes.
 */
@Injectable()
export class ExportSources implements OnApplicationBootstrap {
  private readonly sources = new Map<ExportKind, ExportSource>();
  private readonly writers = new Map<string, FormatWriter>();

  /** @throws when the kind has a source already */
  addSource(source: ExportSource): void {
    if (this.sources.has(source.kind)) throw new Error(`Two sources give ${source.kind} exports`);
    this.sources.set(source.kind, source);
  }

  /** @throws when the format has a writer for this content already */
  addWriter(writer: FormatWriter): void {
    const key = writerKey(writer.format, writer.writes);
    if (this.writers.has(key)) throw new Error(`Two writers write ${key}`);
    this.writers.set(key, writer);
  }

  onApplicationBootstrap(): void {
    for (const source of this.sources.values()) {
      for (const [format, contents] of Object.entries(source.formats)) {
        const unwritten = contents.map((content) => writerKey(format, content)).find((key) => !this.writers.has(key));
        if (unwritten !== undefined) {
          throw new Error(`${source.kind} exports declare ${unwritten}, and nobody writes it`);
        }
      }
    }
  }

  source(kind: ExportKind): ExportSource {
    const source = this.sources.get(kind);
    if (!source) throw new Error(`No source gives ${kind} exports: mark it with @ExportSourceProvider and provide it`);
    return source;
  }

  /** Opens the content of an export. @throws DomainError, and what else the source throws */
  open(request: Export, signal: AbortSignal): Promise<OpenedSource> {
    const source = this.source(request.kind);
    const params = source.params.parse(request.params ?? source.recover(request, request));
    return source.open(params, { export: request, signal });
  }

  writer<Kind extends ContentKind>(
    format: ExportFormat,
    content: Extract<Content, { kind: Kind }>,
  ): FormatWriter<Kind> {
    const writer = this.writers.get(writerKey(format, content.kind));
    if (!writer) throw new Error(`Nobody writes ${writerKey(format, content.kind)}`);
    return writer as unknown as FormatWriter<Kind>;
  }
}

function writerKey(format: string, content: string): string {
  return `${format} from ${content}`;
}
