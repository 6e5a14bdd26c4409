import type { Command } from 'commander';
import type { EventList, ResultList } from '../../index.js';
import { exportAndSave, type SavingOptions } from '../export-run.js';
import type { Columns } from '../output.js';
import { toExportRequest, type RequestArguments } from '../request.js';
import { addExamples, type RunWithClient } from './command.js';
import { addLimit, takeItems } from './pages.js';
import { addFileOptions } from './request-options.js';
import { addSavingOptions } from './output-options.js';

const EVENT_COLUMNS: Columns<EventList['results'][number]> = {
  ID: ({ id }) => id,
  TITLE: ({ title }) => title,
  STARTS: ({ starts_at }) => starts_at,
  ENDS: ({ ends_at }) => ends_at,
};

const RESULT_COLUMNS: Columns<ResultList['results'][number]> = {
  PARTICIPANT: ({ participant }) => participant.name,
  GROUP: ({ participant }) => participant.group,
  SCORE: ({ score }) => score,
  OF: ({ maximum }) => maximum,
  PERCENT: ({ percent }) => percent,
  FINISHED: ({ finished_at }) => finished_at,
};

export function addEventCommands(program: Command, run: RunWithClient): void {
  const events = program.command('events').description('Events and the results of their participants.');
  addExamples(events, {
    'events ls': 'List the events that you organize',
    'events export <id> --format xlsx': 'Export the results of an event',
  });

  const ls = addLimit(events.command('ls').description('List the events that you organize.')).action(
    run(async ({ client, output }, { limit }: { limit: number }) => {
      output.list(await takeItems(limit, (page) => client.events.list(page)), EVENT_COLUMNS, 'There are no events.');
    }),
  );
  addExamples(ls, { 'events ls': 'List your events' });

  const results = addLimit(
    events.command('results <id>').description('List the participants of an event with their results.'),
  ).action(
    run(async ({ client, output }, id: string, { limit }: { limit: number }) => {
      const items = await takeItems(limit, (page) => client.events.results(id, page));
      output.list(items, RESULT_COLUMNS, 'The event has no participants.');
    }),
  );
  addExamples(results, { 'events results <id>': 'List the first 20 participants' });

  const exportResults = events
    .command('export <id>')
    .description('Export the results of an event, like export --event.')
    .action(
      run(async (context, event: string, options: RequestArguments & SavingOptions) => {
        await exportAndSave(context, await toExportRequest({ ...options, event }, () => Promise.resolve([])), options);
      }),
    );
  addSavingOptions(addFileOptions(exportResults, ['results']));
  addExamples(exportResults, {
    'events export <id> --format xlsx --option header=both': 'Save the results as a workbook',
    'events export <id> --no-one-time --output results.csv': 'Keep the file on the service after the download',
  });
}
