import { z } from 'zod';
import { acceptedContents, type Cell, type Table } from '../../formats';
import {
  accountOf,
  type EstimateContext,
  type ExportDescription,
  ExportSource,
  ExportSourceProvider,
  type OpenedSource,
  type SourceContext,
  type SourceEstimate,
} from '../../export/sources';
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

  override async estimate(
    { eventId }: ResultsParams,
    { caller, options, sampleRows }: EstimateContext,
  ): Promise<SourceEstimate> {
    const event = await this.events.find(eventId, caller);
    if (!event) throw eventGone();
    return this.database.preview(async (snapshot) => {
      const source = new EventSnapshot(snapshot, event.id);
      const overview = await source.overview(visibleTo(caller, 'organizerId').literal);
      if (!overview) throw eventGone();
      const withPoints = options['points'] === true;
      const { title: name, columns: described, rowCount: rows } = toTableHead(overview, withPoints);
      const columns = described.map(({ key }) => key);
      const read = { limit: MEASURED_ROWS, isSorted: sampleRows > 0 };
      const participants = await source.someParticipants(overview, read);
      const cells = participants.map((one) => toTableRow(one, overview.questions, withPoints).map(toText));
      const bytes = cells.flat().reduce((sum, cell) => sum + Buffer.byteLength(cell ?? ''), 0);
      return {
        unit: 'rows',
        count: rows,
        content: 'table',
        tables: [{ name, columns, rows, rowBytes: bytes / Math.max(1, cells.length), longestText: longestOf(cells) }],
        samples: [{ name, columns, rows: cells.slice(0, sampleRows).map((row) => row.map(toSample)) }],
        warnings: [],
      };
    }, 'UTC');
  }

  override async open({ eventId }: ResultsParams, { export: request, signal }: SourceContext): Promise<OpenedSource> {
    const owner = accountOf(request);
    const event = await this.events.find(eventId, owner);
    if (!event) throw eventGone();
    const snapshot = await this.database.open(signal, { timeZone: 'UTC', isStreamed: false });
    const source = new EventSnapshot(snapshot, event.id);
    const overview = await source.overview(visibleTo(owner, 'organizerId').literal);
    // A replica may lag, or the event was deleted just now. A retry will decide.
    if (!overview) throw new Error('The export database does not have the event');
    const withPoints = request.options['points'] === true;
    const { title, ...head } = toTableHead(overview, withPoints);
    const rows = () => readRows(snapshot, source, overview, withPoints);
    const content: Table = { kind: 'table', title, ...head, takenAt: snapshot.takenAt, warnings: [], rows };
    return { title, content, server: await this.database.serverId() };
  }
}

/** How many participants are read to learn how long their rows are. */
const MEASURED_ROWS = 50;
const MAX_SAMPLE_CHARACTERS = 1_000;

function toText(cell: Cell): string | null {
  return cell instanceof Date ? cell.toISOString() : cell === null ? null : String(cell);
}

function toSample(text: string | null): string | null {
  return text !== null && text.length > MAX_SAMPLE_CHARACTERS ? `${text.slice(0, MAX_SAMPLE_CHARACTERS)}…` : text;
}

function longestOf(cells: readonly (readonly (string | null)[])[]): number {
  return cells.flat().reduce((longest, text) => Math.max(longest, text?.length ?? 0), 0);
}

function eventGone(): DomainError {
  return new DomainError(
    'gone',
    'event-gone',
    'The event was deleted, or got another organizer, before it was exported',
  );
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
