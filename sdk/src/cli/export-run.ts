import { createWriteStream } from 'node:fs';
import { Writable } from 'node:stream';
import type { Export, ExportClient, ExportRequest } from '../index.js';
import { saveExport } from '../node.js';
import type { Context } from './context.js';
import { CommandError, ExitCode } from './errors.js';
import { ExportReporter } from './export-reporter.js';
import { checkTarget, isStream, type OutputOptions, resolveTarget, STANDARD_OUTPUT } from './target.js';

export interface SavingOptions extends OutputOptions {
  readonly watch?: boolean;
  readonly wait?: boolean;
}

type Session = Context & { readonly client: ExportClient };

/** Creates an export, follows it, and saves its file. Ctrl-C cancels it while it is unfinished. */
export async function exportAndSave(session: Session, request: ExportRequest, options: SavingOptions): Promise<void> {
  const { client, interruption, output } = session;
  await checkTarget(options);
  if (options.wait === false) {
    const record = await client.exports.create(request);
    output.result(record, () => `Created export ${record.id}. Follow it: export-service get ${record.id} --watch`);
    return;
  }
  // A request that was sent may have created an export: it is cancelled when its id is known.
  const signal = interruption.deferExit();
  const record = await client.exports.create(request);
  const reporter = new ExportReporter(session, options.output === STANDARD_OUTPUT);
  try {
    reporter.created(record);
    const completed = await cancelling(session, record, signal, () => followExport(session, record, reporter, signal));
    if (options.watch) reporter.left(completed);
    else await saveFile(session, completed, options, reporter, signal);
  } finally {
    reporter.close();
  }
}

/** Saves the file of an export; of an unfinished one when it is completed. Ctrl-C stops following it. */
export async function downloadAndSave(session: Session, id: string, options: OutputOptions): Promise<void> {
  await checkTarget(options);
  const signal = session.interruption.deferExit();
  const reporter = new ExportReporter(session, options.output === STANDARD_OUTPUT);
  try {
    const completed = await followExport(session, await session.client.exports.get(id), reporter, signal);
    await saveFile(session, completed, options, reporter, signal);
  } finally {
    reporter.close();
  }
}

/** Follows an export that exists to its end. */
export async function watchExport(session: Session, id: string): Promise<void> {
  const reporter = new ExportReporter(session, false);
  try {
    reporter.left(
      await followExport(session, await session.client.exports.get(id), reporter, session.interruption.deferExit()),
    );
  } finally {
    reporter.close();
  }
}

async function followExport(
  { client }: Session,
  record: Export,
  reporter: ExportReporter,
  signal: AbortSignal,
): Promise<Export> {
  signal.throwIfAborted();
  const completed = await client.exports.follow(record.id, {
    signal,
    onProgress: (current: Export) => {
      reporter.exporting(current);
    },
  });
  reporter.completed(completed);
  return completed;
}

async function cancelling<Result>(
  { client, output }: Session,
  { id }: Export,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!signal.aborted) throw error;
    output.note('Cancelling the export. Press Ctrl-C again to leave at once.');
    await client.exports.cancel(id);
    throw new CommandError(`Cancelled export ${id}.`, ExitCode.Interrupted);
  }
}

async function saveFile(
  session: Session,
  record: Export,
  options: OutputOptions,
  reporter: ExportReporter,
  signal: AbortSignal,
): Promise<void> {
  const { client, streams } = session;
  const progress = {
    signal,
    onProgress: ({ bytes, total }: { bytes: number; total: number | null }) => {
      reporter.downloading(bytes, total);
    },
  };
  if (options.output === STANDARD_OUTPUT) {
    const file = await client.exports.download(record, progress);
    await file.pipeTo(Writable.toWeb(streams.stdout) as WritableStream<Uint8Array>, { preventClose: true });
    return;
  }
  const path = await resolveTarget(options, record);
  try {
    if (await isStream(path)) {
      const file = await client.exports.download(record, progress);
      await file.pipeTo(Writable.toWeb(createWriteStream(path)) as WritableStream<Uint8Array>);
    } else await saveExport(client, record, path, progress);
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new CommandError(
      `The download was stopped. Continue: export-service download ${record.id}`,
      ExitCode.Interrupted,
    );
  }
  reporter.saved(record, path);
}
