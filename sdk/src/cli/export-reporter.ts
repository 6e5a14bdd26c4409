import type { Export } from '../index.js';
import type { Context } from './context.js';
import { formatBytes, formatCount } from './output.js';
import { printable } from './printable.js';
import { type Progress, ProgressBar } from './progress-bar.js';

/** Shows how an export proceeds: bars and a sentence for people, JSON lines for programs. */
export class ExportReporter {
  readonly #isJson: boolean;
  #bar: ProgressBar | undefined;
  #barLabel = '';
  #lastLine = '';

  /** @param isFileOnOutput whether the standard output has the bytes of the file */
  constructor(
    private readonly context: Pick<Context, 'output' | 'streams' | 'options'>,
    private readonly isFileOnOutput: boolean,
  ) {
    this.#isJson = isFileOnOutput ? context.options.json === true : context.output.isJson;
  }

  created(record: Export): void {
    this.#line({ event: 'created', export: record });
  }

  exporting(record: Export): void {
    const { id, status, progress } = record;
    if (status !== 'pending' && status !== 'processing') return;
    this.#line({ event: 'progress', id, status, progress });
    this.#show(status === 'pending' ? 'Waiting' : 'Exporting', progress);
  }

  completed(record: Export): void {
    this.#bar?.update(record.progress);
    this.#stopBar();
    this.#line({ event: 'completed', export: record });
    for (const warning of record.warnings) this.context.output.note(`Warning: ${warning}`);
  }

  downloading(done: number, total: number | null): void {
    this.#show('Downloading', { done, total, unit: 'bytes' });
  }

  saved(record: Export, path: string): void {
    this.#stopBar();
    const { id, file_size, sha256 } = record;
    this.#line({ event: 'saved', id, path, file_size, sha256 });
    this.#say(`Saved ${printable(path)} (${describeSize(record)}).`);
  }

  /** The export was followed, and its file stays on the service. */
  left(record: Export): void {
    this.#say(
      `Export ${record.id} is ${record.status} (${describeSize(record)}). Download it: export-service download ${record.id}`,
    );
  }

  /** Gives the terminal back, whatever happened. */
  close(): void {
    this.#stopBar();
  }

  #show(label: string, progress: Progress): void {
    if (!this.context.output.hasTerminal || (this.#isJson && !this.isFileOnOutput)) return;
    if (label !== this.#barLabel) this.#stopBar();
    this.#barLabel = label;
    this.#bar ??= new ProgressBar(this.context.streams.stderr, label);
    this.#bar.update(progress);
  }

  #stopBar(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  #line(value: object): void {
    const line = JSON.stringify(value);
    // Events repeat a state that has not changed.
    if (!this.#isJson || line === this.#lastLine) return;
    this.#lastLine = line;
    const { stdout, stderr } = this.context.streams;
    (this.isFileOnOutput ? stderr : stdout).write(`${line}\n`);
  }

  #say(text: string): void {
    if (!this.#isJson && !this.isFileOnOutput) this.context.streams.stdout.write(`${text}\n`);
  }
}

function describeSize({ record_count, page_count, file_size }: Export): string {
  const content =
    record_count !== null ? `${formatCount(record_count) ?? ''} rows` : page_count !== null && `${page_count} pages`;
  return [content, formatBytes(file_size)].filter(Boolean).join(', ');
}
