import { Injectable } from '@nestjs/common';
import type { Sections } from '../../formats';
import { type Export, ExportSource, type OpenedSource } from '../../export';
import { type DataQuery, queryOf } from '../model/domain/data-query';
import type { TableFormat } from '../model/domain/data-request';
import { SourceDatabase, type SourceView } from '../model/domain/interfaces/source-database';
import { DataPlanner, USER_SECTIONS } from '../model/services/data-planner';
import { LargeExportSemaphore } from '../model/services/large-export-semaphore';
import { ReadAuthorizations } from '../model/services/read-authorizations';
import type { TablePlan } from '../model/domain/table-plan';

/** Rows of the platform's tables as the content of exports: one moment of the database, however many tables there are. */
@Injectable()
export class DataSource extends ExportSource {
  override readonly kind = 'data';
  override readonly formats = {
    csv: ['relations', 'sections'],
    json: ['relations', 'sections'],
    ndjson: ['relations'],
    xlsx: ['relations'],
    xml: ['relations'],
  } as const satisfies Record<TableFormat, readonly ('relations' | 'sections')[]>;

  constructor(
    private readonly database: SourceDatabase,
    private readonly planner: DataPlanner,
    private readonly semaphore: LargeExportSemaphore,
    private readonly authorizations: ReadAuthorizations,
  ) {
    super();
  }

  override async open(request: Export, signal: AbortSignal): Promise<OpenedSource> {
    const query = queryOf(request);
    const { timeZone } = query;
    const view = await this.database.open(signal, { timeZone, isStreamed: request.streamed });
    await this.authorizations.authorize(request, (id) => view.findUser(id));
    const plans = await this.planner.plan(query, view);
    await view.lockTables(plans);
    const title = toTitle(request, query, view);
    if (query.scope === 'document') return { title, content: await openSections(plans, view) };
    const relations = [];
    // One after the other: a snapshot is one connection.
    for (const plan of plans) relations.push(await view.relation(plan, !request.streamed));
    const rows = relations.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0);
    await this.semaphore.acquire(rows, signal);
    const content = {
      kind: 'relations' as const,
      takenAt: view.takenAt,
      userId: query.subject,
      filters: query.filters ?? null,
      relations,
      warnings: [],
      setting: (name: string) => view.setting(name),
    };
    return { title, content };
  }
}

async function openSections(plans: readonly TablePlan[], view: SourceView): Promise<Sections> {
  const found = [];
  for (const plan of plans) {
    const relation = await view.relation(plan, false);
    const isSingle = USER_SECTIONS.some(({ name, isSingle }) => name === plan.section && isSingle);
    found.push({ name: plan.section, relation, isSingle });
  }
  return { kind: 'sections', takenAt: view.takenAt, sections: found };
}

/** The title that was given to it, as a schedule does for each of its runs; or else what it holds, and from when. */
function toTitle({ options }: Export, query: DataQuery, { takenAt }: SourceView): string {
  const { title } = options;
  return typeof title === 'string' ? title : `${toSubject(query)} ${takenAt.slice(0, 10)}`;
}

/** What a person would call it. */
function toSubject({ scope, tables, dataTypes }: DataQuery): string {
  if (scope === 'tables') return tables.length > 3 ? `${tables.length} tables` : tables.join(' ');
  if (scope === 'document') return 'user data';
  return dataTypes.length > 0 && dataTypes.length <= 3 ? dataTypes.join(' ') : 'my data';
}
