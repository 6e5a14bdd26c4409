import { z } from 'zod';
import { acceptedContents, type Cell, type Table } from '../../formats';
import {
  accountOf,
  type ExportDescription,
  ExportSource,
  ExportSourceProvider,
  type OpenedSource,
  type SourceContext,
} from '../../export';
import { DomainError } from '../../platform/errors/domain-error';
import { ExportDatabase } from '../../platform/database/export-database';
import type { Snapshot } from '../../platform/database/snapshot';
import { EventRepository } from '../model/domain/interfaces/event.repository';
import { type EventOverview, toTableHead, toTableRow } from '../model/domain/results-table';
import { visibleTo } from '../../platform/database/visibility';
import { EventSnapshot } from './event-snapshot';

const resultsParams = z.object({ eventId: z.string() });
type ResultsParams = z.infer<typeof resultsParams>;

/** The source of results exports: one row per participant, all in one snapshot. */
@ExportSourceProvider('event')
export class ResultsSource extends ExportSource<ResultsParams> {
  override readonly params = resultsParams;
  override readonly formats = acceptedContents('table');

  constructor(
    private readonly events: EventRepository,
    private readonly database: ExportDatabase,
  ) {
    super();
  }

  override describe({ eventId }: ResultsParams): Partial<ExportDescription> {
    return { subject: eventId };
  }

  override recover({ subject }: ExportDescription): unknown {
    return { eventId: subject };
  }

  override async open({ eventId }: ResultsParams, { export: request, signal }: SourceContext): Promise<OpenedSource> {
    const owner = accountOf(request);
    const event = await this.events.find(eventId, owner);
    if (!event)
      throw new DomainError(
        'gone',
        'event-gone',
        'The event was deleted, or got another organizer, before it was exported',
      );
    const snapshot = await this.database.open(signal, { timeZone: 'UTC', isStreamed: false });
    const source = new EventSnapshot(snapshot, event.id);
    const overview = await source.overview(visibleTo(owner, 'organizerId').literal);
    // A replica may lag, or the event was deleted just now. A retry will decide.
    if (!overview) throw new Error('The export database does not have the event');
    const withPoints = request.options['points'] === true;
    const { title, ...head } = toTableHead(overview, withPoints);
    const rows = () => readRows(snapshot, source, overview, withPoints);
    const content: Table = { kind: 'table', title, ...head, takenAt: snapshot.takenAt, warnings: [], rows };
    return { title, content };
  }
}

async function* readRows(
  snapshot: Snapshot,
  source: EventSnapshot,
  overview: EventOverview,
  withPoints: boolean,
): AsyncGenerator<Cell[][]> {
  const { questions, totals } = overview;
  let count = 0;
  try {
    for await (const batch of source.participants(overview)) {
      count += batch.length;
      yield batch.map((participant) => toTableRow(participant, questions, withPoints));
    }
  } finally {
    await snapshot.close();
  }
  if (count !== totals.participants)
    throw new Error(`${count} rows were read, but ${totals.participants} were counted`);
}
