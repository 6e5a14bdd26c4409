import { type Command, Option } from 'commander';
import type { Estimate, Export } from '../../index.js';
import { API } from '../../generated/cli-description.js';
import { downloadAndSave, exportAndSave, type SavingOptions, watchExport } from '../export-run.js';
import { type Columns, formatBytes, formatCount, formatFields, formatRows } from '../output.js';
import { printable } from '../printable.js';
import { formatDuration } from '../progress-bar.js';
import { type RequestArguments, toExportRequest } from '../request.js';
import type { OutputOptions } from '../target.js';
import { addExamples, type RunWithClient } from './command.js';
import { findTables } from './data-types.js';
import { addOutputOptions, addSavingOptions } from './output-options.js';
import { addLimit, takeItems } from './pages.js';
import { addRequestOptions } from './request-options.js';

export function addExportCommands(program: Command, run: RunWithClient): void {
  addCreatingCommands(program, run);
  addReadingCommands(program, run);
  addManifestCommand(program, run);
  addEndingCommands(program, run);
}

function addCreatingCommands(program: Command, run: RunWithClient): void {
  const create = program
    .command('export')
    .description('Create an export, follow it, and save its file. Ctrl-C cancels it.')
    .action(
      run(async (session, options: RequestArguments & SavingOptions) => {
        await exportAndSave(
          session,
          await toExportRequest(options, (types) => findTables(session.client, types)),
          options,
        );
      }),
    );
  addSavingOptions(addRequestOptions(create));
  addExamples(create, {
    'export --data-types profile,payments --format xlsx': 'Save two of your data types as a workbook',
    "export --table transactions --format csv --filter 'amount>=100' --since now-7d": 'Save rows of a table',
    'export --board <id> --format png --option pixel_ratio=3 --output board.png': 'Save a board as a picture',
    'export --event <id> --format csv --output - | head': 'Write results to the standard output',
  });

  const estimate = program
    .command('estimate')
    .description('Show how large an export would be, with some of its rows, without creating it.')
    .action(
      run(async ({ client, output }, options: RequestArguments) => {
        const request = await toExportRequest(options, (types) => findTables(client, types));
        const found = await client.exports.estimate(request);
        output.result(found, () => describeEstimate(found));
      }),
    );
  addRequestOptions(estimate);
  addExamples(estimate, {
    'estimate --all --format json': 'Estimate an export of all your data',
    "estimate --table transactions --format csv --filter 'status=paid'": 'Estimate a selection of rows',
  });
}

function addReadingCommands(program: Command, run: RunWithClient): void {
  const ls = addLimit(program.command('ls').description('List your exports, newest first.'))
    .addOption(new Option('--status <status>', 'only exports with this status').choices(API.list.status))
    .addOption(new Option('--kind <kind>', 'only exports of this kind').choices(API.list.kind))
    .addOption(new Option('--format <format>', 'only exports in this format').choices(API.list.format))
    .action(
      run(async ({ client, output }, { limit, ...query }: { limit: number }) => {
        output.list(
          await takeItems(limit, (page) => client.exports.list({ ...query, ...page })),
          COLUMNS,
          'There are no exports.',
        );
      }),
    );
  addExamples(ls, {
    ls: 'List the last 20 exports',
    'ls --status failed --json | jq -r .error': 'Print why exports failed',
  });

  const get = program
    .command('get <id>')
    .description('Show an export.')
    .option('--watch', 'follow the export to its end')
    .action(
      run(async (session, id: string, { watch }: { watch?: boolean }) => {
        if (watch) return watchExport(session, id);
        const record = await session.client.exports.get(id);
        session.output.result(record, () => describeExport(record));
      }),
    );
  addExamples(get, { 'get <id>': 'Show an export', 'get <id> --watch': 'Follow an export to its end' });

  const download = program
    .command('download <id>')
    .description('Save the file of an export; of an unfinished one when it is completed.')
    .action(run((session, id: string, options: OutputOptions) => downloadAndSave(session, id, options)));
  addOutputOptions(download);
  addExamples(download, {
    'download <id>': 'Save the file under its own name in this folder',
    'download <id> --output reports/': 'Save it in another folder',
  });
}

function addManifestCommand(program: Command, run: RunWithClient): void {
  const manifest = program
    .command('manifest <id>')
    .description('Print the signed manifest of an export: what is in its file, and its checksums.')
    .action(
      run(async ({ client, output }, id: string) => {
        output.document(await client.exports.manifest(id));
      }),
    );
  addExamples(manifest, {
    'manifest <id> > data.csv.manifest.json': 'Save a manifest beside its file',
    'manifest <id> | jq .manifest.totals': 'Show how many rows there are',
  });
}

function addEndingCommands(program: Command, run: RunWithClient): void {
  const cancel = program
    .command('cancel <id>')
    .description('Cancel an unfinished export.')
    .action(
      run(async ({ client, output }, id: string) => {
        const record = await client.exports.cancel(id);
        output.result(record, () => `Export ${id} is ${record.status}.`);
      }),
    );
  addExamples(cancel, { 'cancel <id>': 'Cancel an export' });

  const rm = program
    .command('rm <id>')
    .description('Delete the file of an export. An unfinished export is cancelled.')
    .action(
      run(async ({ client, output }, id: string) => {
        const record = await client.exports.remove(id);
        output.result(record, () => `Export ${id} is ${record.status}.`);
      }),
    );
  addExamples(rm, { 'rm <id>': 'Delete a file before its retention ends' });
}

const COLUMNS: Columns<Export> = {
  ID: ({ id }) => id,
  STATUS: ({ status }) => status,
  KIND: ({ kind }) => kind,
  FORMAT: ({ format }) => format,
  ROWS: ({ record_count, page_count }) => formatCount(record_count ?? page_count),
  SIZE: ({ file_size }) => formatBytes(file_size),
  CREATED: ({ created_at }) => created_at,
  FILE: ({ file_name, error }) => file_name ?? error,
};

function describeExport(record: Export): string {
  const { progress } = record;
  return formatFields({
    id: record.id,
    status: record.status,
    kind: record.kind,
    format: record.format,
    progress: progress.percent === null ? null : `${progress.percent} %`,
    rows: formatCount(record.record_count),
    pages: record.page_count,
    file: record.file_name,
    size: formatBytes(record.file_size),
    sha256: record.sha256,
    'one-time': record.one_time ? 'the first complete download deletes the file' : null,
    downloaded: record.downloaded_at,
    created: record.created_at,
    completed: record.completed_at,
    expires: record.expires_at,
    error: record.error,
    warnings: record.warnings.join(' '),
  });
}

function describeEstimate({ unit, record_count, file_size, duration_seconds, samples, warnings }: Estimate): string {
  const size = [
    record_count === null ? null : `${formatCount(record_count) ?? ''} ${unit}`,
    formatBytes(file_size),
    duration_seconds === null ? null : formatDuration(duration_seconds),
  ].filter(Boolean);
  const tables = samples.map(({ name, columns, rows }) => `\n${printable(name)}\n${formatRows(columns, rows)}`);
  return [
    `About ${size.join(', ') || 'an unknown number of rows'}`,
    ...warnings.map((warning) => `Warning: ${printable(warning)}`),
    ...tables,
  ].join('\n');
}
