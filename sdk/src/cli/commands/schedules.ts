import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import type { Schedule, ScheduleRequest, ScheduleRunList } from '../../index.js';
import { UsageError } from '../errors.js';
import { type Columns, formatBytes, formatCount, formatFields, type Output } from '../output.js';
import { addExamples, type RunWithClient } from './command.js';
import { addLimit, takeItems } from './pages.js';

type ScheduleRun = ScheduleRunList['results'][number];

const COLUMNS: Columns<Schedule> = {
  ID: ({ id }) => id,
  NAME: ({ name }) => name,
  WHEN: describeRecurrence,
  FORMAT: ({ format }) => format,
  NEXT: ({ next_run_at, is_active }) => (is_active ? next_run_at : 'paused'),
  LAST: ({ last_run }) => last_run?.outcome ?? last_run?.status,
};

const RUN_COLUMNS: Columns<ScheduleRun> = {
  EXPORT: (run) => run.export_id,
  SLOT: ({ slot }) => slot ?? 'manual',
  STATUS: ({ status }) => status,
  OUTCOME: ({ outcome }) => outcome,
  ROWS: ({ record_count }) => formatCount(record_count),
  SIZE: ({ file_size }) => formatBytes(file_size),
  ERROR: ({ error }) => error,
};

export function addScheduleCommands(program: Command, run: RunWithClient): void {
  const schedules = program.command('schedules').description('Exports that repeat.');
  addExamples(schedules, {
    'schedules ls': 'List your schedules',
    'schedules create nightly.json': 'Create a schedule from a JSON file',
    'schedules run <id>': 'Run a schedule now',
  });
  addReadingCommands(schedules, run);
  addCreateCommand(schedules, run);
  addChangingCommands(schedules, run);
}

function addReadingCommands(schedules: Command, run: RunWithClient): void {
  const ls = addLimit(schedules.command('ls').description('List your schedules.'))
    .option('--owner <id>', 'for administrators: the schedules of a user, or all')
    .action(
      run(async ({ client, output }, { limit, owner }: { limit: number; owner?: string }) => {
        const items = await takeItems(limit, (page) => client.schedules.list({ ...page, ...(owner && { owner }) }));
        output.list(items, COLUMNS, 'There are no schedules.');
      }),
    );
  addExamples(ls, {
    'schedules ls': 'List your schedules',
    'schedules ls --owner all': 'List the schedules of all users',
  });

  const get = schedules
    .command('get <id>')
    .description('Show a schedule.')
    .action(
      run(async ({ client, output }, id: string) => {
        print(output, await client.schedules.get(id));
      }),
    );
  addExamples(get, { 'schedules get <id>': 'Show a schedule' });

  const runs = addLimit(
    schedules.command('runs <id>').description('List the runs of a schedule, newest first.'),
  ).action(
    run(async ({ client, output }, id: string, { limit }: { limit: number }) => {
      const items = await takeItems(limit, (page) => client.schedules.runs(id, page));
      output.list(items, RUN_COLUMNS, 'The schedule has not run yet.');
    }),
  );
  addExamples(runs, { 'schedules runs <id> --limit 5': 'List the last five runs' });
}

function addCreateCommand(schedules: Command, run: RunWithClient): void {
  const create = schedules
    .command('create [file]')
    .description('Create a schedule from a JSON file or the input. Its fields are those of POST /exports/scheduled.')
    .action(
      run(async ({ client, output, streams }, file: string | undefined) => {
        print(output, await client.schedules.create(parseJson(await readInput(streams.stdin, file))));
      }),
    );
  addExamples(create, {
    'schedules create nightly.json': 'Create a schedule from a file',
    'schedules create < nightly.json': 'Create a schedule from the input',
  });
}

function addChangingCommands(schedules: Command, run: RunWithClient): void {
  const now = schedules
    .command('run <id>')
    .description('Run a schedule now.')
    .action(
      run(async ({ client, output }, id: string) => {
        const record = await client.schedules.run(id);
        output.result(record, () => `Created export ${record.id}. Follow it: export-service get ${record.id} --watch`);
      }),
    );
  addExamples(now, { 'schedules run <id>': 'Run a schedule, and show its export' });

  for (const [name, does] of [
    ['pause', 'Pause a schedule'],
    ['resume', 'Resume a paused schedule'],
  ] as const) {
    const change = schedules
      .command(`${name} <id>`)
      .description(`${does}.`)
      .action(
        run(async ({ client, output }, id: string) => {
          print(output, await client.schedules[name](id));
        }),
      );
    addExamples(change, { [`schedules ${name} <id>`]: does });
  }

  const rm = schedules
    .command('rm <id>')
    .description('Delete a schedule. The files of its exports remain.')
    .action(
      run(async ({ client, output }, id: string) => {
        await client.schedules.remove(id);
        output.result({ id, deleted: true }, () => `Deleted schedule ${id}.`);
      }),
    );
  addExamples(rm, { 'schedules rm <id>': 'Delete a schedule' });
}

function print(output: Output, schedule: Schedule): void {
  output.result(schedule, () =>
    formatFields({
      id: schedule.id,
      name: schedule.name,
      exports: [...schedule.tables, ...schedule.data_types].join(', ') || 'all data types',
      format: schedule.format,
      when: describeRecurrence(schedule),
      next: schedule.is_active ? schedule.next_run_at : 'paused',
      reason: schedule.paused_reason,
      delivery: schedule.destination ?? schedule.webhook_url ?? schedule.delivery_method,
      'webhook secret': schedule.webhook_secret,
      warnings: schedule.warnings.join(' '),
    }),
  );
}

function describeRecurrence({ frequency, cron, at, timezone }: Schedule): string {
  return [cron ?? frequency, cron ? undefined : at, timezone].filter(Boolean).join(' ');
}

function readInput(input: NodeJS.ReadStream, file: string | undefined): Promise<string> {
  if (file !== undefined && file !== '-') return readFile(file, 'utf8');
  if (input.isTTY) throw new UsageError('Name a JSON file, or pipe the JSON into the command.');
  return text(input);
}

/** The service validates the fields. */
function parseJson(json: string): ScheduleRequest {
  try {
    return JSON.parse(json) as ScheduleRequest;
  } catch (error) {
    throw new UsageError(`The schedule is not valid JSON: ${(error as Error).message}.`);
  }
}
