import {
  type ExportOptions,
  FormatWriter,
  type JsonDocument,
  type RenderedFile,
  type ReportProgress,
} from '../../src/formats';
import type { Export } from '../../src/export/model/domain/export';
import { ExportSource, type OpenedSource } from '../../src/export/model/domain/export-source';

/** A source of one text as CSV. */
export class FakeTextSource extends ExportSource {
  readonly kind = 'data';
  readonly formats = { csv: ['json'] } as const;

  constructor(private readonly textOf: (request: Export, signal: AbortSignal) => string | Promise<string>) {
    super();
  }

  override async open(request: Export, signal: AbortSignal): Promise<OpenedSource> {
    const text = Buffer.from(await this.textOf(request, signal));
    return { title: 'Transactions', content: { kind: 'json', text, pageCount: 1 } };
  }
}

/** Writes such a text line by line: each is a row. */
export class FakeTextWriter extends FormatWriter<'json'> {
  readonly format = 'csv';
  readonly writes = 'json';

  /** @param beforeLine is awaited before each line goes out, and may throw */
  constructor(private readonly beforeLine: (line: number) => unknown = () => undefined) {
    super();
  }

  override write({ text }: JsonDocument, _: ExportOptions, report: ReportProgress): RenderedFile {
    const lines = Buffer.from(text)
      .toString()
      .split(/(?<=\n)/);
    const { beforeLine } = this;
    async function* body(): AsyncGenerator<Uint8Array> {
      for (const [index, line] of lines.entries()) {
        await beforeLine(index);
        report({ done: index + 1, total: lines.length, unit: 'rows' });
        yield Buffer.from(line);
      }
    }
    const summary = () => ({ pageCount: null, recordCount: lines.length, warnings: [] });
    return { extension: 'csv', contentType: 'text/csv', body: body(), summary };
  }
}
