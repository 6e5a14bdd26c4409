import { z } from 'zod';
import {
  type ExportOptions,
  FormatWriter,
  type JsonDocument,
  type RenderedFile,
  type ReportProgress,
} from '../../src/formats';
import type { SourceEstimate } from '../../src/export/model/domain/export-estimate';
import type { Export, ExportDescription } from '../../src/export/model/domain/export';
import {
  ExportSource,
  ExportSourceProvider,
  type OpenedSource,
  type SourceContext,
} from '../../src/export/model/domain/export-source';

const textParams = z.object({
  type: z.string().nullable(),
  dataTypes: z.array(z.string()),
  filters: z.unknown().optional(),
});
export type TextParams = z.infer<typeof textParams>;

/** A source of one text as CSV. */
@ExportSourceProvider('data')
export class FakeTextSource extends ExportSource<TextParams> {
  readonly params = textParams;
  readonly formats = { csv: ['json'] } as const;

  /** What it expects of every export. */
  expected: SourceEstimate | null = null;

  constructor(private readonly textOf: (request: Export, signal: AbortSignal) => string | Promise<string>) {
    super();
  }

  override describe(params: TextParams): Partial<ExportDescription> {
    return { ...params, filters: params.filters ?? null };
  }

  override recover({ type, dataTypes, filters }: ExportDescription): TextParams {
    return { type, dataTypes: [...dataTypes], filters };
  }

  override estimate(): Promise<SourceEstimate | null> {
    return Promise.resolve(this.expected);
  }

  override async open(_: TextParams, { export: request, signal }: SourceContext): Promise<OpenedSource> {
    const text = Buffer.from(await this.textOf(request, signal));
    return { title: 'Transactions', content: { kind: 'json', text, pageCount: 1 } };
  }
}

/** Writes such a text line by line: each is a row. */
export class FakeTextWriter extends FormatWriter<'json'> {
  readonly format = 'csv';
  readonly contentType = 'text/csv';
  readonly accepts = ['json'] as const;

  /**
   * @param beforeLine is awaited before each line goes out, and may throw
   * @param announced how many lines it reports to expect; all that there are if absent
   */
  constructor(
    private readonly beforeLine: (line: number) => unknown = () => undefined,
    private readonly announced?: number,
  ) {
    super();
  }

  override write({ text }: JsonDocument, _: ExportOptions, report: ReportProgress): RenderedFile {
    const lines = Buffer.from(text)
      .toString()
      .split(/(?<=\n)/);
    const { beforeLine, announced = lines.length } = this;
    async function* body(): AsyncGenerator<Uint8Array> {
      for (const [index, line] of lines.entries()) {
        await beforeLine(index);
        report({ done: index + 1, total: announced, unit: 'rows' });
        yield Buffer.from(line);
      }
    }
    const summary = () => ({ pageCount: null, recordCount: lines.length, warnings: [] });
    return { extension: 'csv', contentType: 'text/csv', body: body(), summary };
  }
}
