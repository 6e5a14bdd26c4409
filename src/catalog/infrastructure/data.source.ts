import { acceptedContents, type Relation, type Relations, type Sections } from '../../formats';
import { DomainError } from '../../platform/errors/domain-error';
import type { Export } from '../../export';
import {
  type DividedSource,
  type Division,
  type EstimateContext,
  ExportSource,
  ExportSourceProvider,
  type OpenedSource,
  type Piece,
  type SourceContext,
  type SourceEstimate,
} from '../../export/sources';
import {
  dataParams,
  type DataParams,
  type DataQuery,
  describeData,
  recoverData,
  scopeOf,
} from '../model/domain/data-query';
import { SourceDatabase, type SourceView } from '../model/domain/interfaces/source-database';
import { DataPlanner, USER_SECTIONS } from '../model/services/data-planner';
import { RowEstimates } from '../model/services/row-estimates';
import { ReadAuthorizations } from '../model/services/read-authorizations';
import type { TablePlan } from '../model/domain/table-plan';

/** The source of data exports: rows of the platform's tables, all in one snapshot. */
@ExportSourceProvider('data')
export class DataSource extends ExportSource<DataParams> {
  override readonly params = dataParams;
  override readonly describe = describeData;
  override readonly recover = recoverData;
  override readonly formats = acceptedContents('relations', 'sections');

  constructor(
    private readonly database: SourceDatabase,
    private readonly planner: DataPlanner,
    private readonly authorizations: ReadAuthorizations,
    private readonly estimates: RowEstimates,
  ) {
    super();
  }

  /**
   * Estimates runs of schedules; other exports are estimated by their authorization. A run's right to read what only
   * administrators may is checked when it begins, so until then it learns nothing of such rows.
   */
  override async estimate(
    params: DataParams,
    { owner: { userId, tenantId }, sampleRows }: EstimateContext,
  ): Promise<SourceEstimate | null> {
    if (params.subject === null || params.subject !== userId) return null;
    const query: DataQuery = { ...params, scope: scopeOf(params.type, params.tables), tenantId };
    return this.database.preview(async (view) => {
      return this.estimates.estimate(await this.planner.planAndCheck(query, view), view.estimates, sampleRows);
    }, query.timeZone);
  }

  override authorize(request: Export): Promise<void> {
    return this.authorizations.authorize(request, (id) => this.database.preview((view) => view.findUser(id)));
  }

  override async open(params: DataParams, context: SourceContext): Promise<OpenedSource> {
    const { view, query, plans, title, server } = await this.openTables(params, context);
    const read = () => view.read;
    if (query.scope === 'document') return { title, content: await openSections(plans, view), server, read };
    const relations = [];
    // Sequential, because a snapshot is one connection.
    for (const plan of plans) relations.push(await view.relation(plan, !context.export.streamed));
    return { title, content: toContent(query, view, relations), server, read };
  }

  override async divide(params: DataParams, division: Division, context: SourceContext): Promise<DividedSource> {
    const { view, query, plans, title, server } = await this.openTables(params, context);
    const plan = theOnly(plans);
    const relation = await view.relation(plan, true);
    return {
      title,
      server,
      content: toContent(query, view, [relation]),
      plan: await view.divide(plan, division, relation.rowCount ?? 0),
      openPiece: ({ reads }) => toContent(query, view, [view.pieceOf(plan, reads)]),
      assertOpen: () => view.assertOpen(),
    };
  }

  override async openPiece(
    params: DataParams,
    snapshot: object,
    { reads }: Piece,
    { export: request, signal }: SourceContext,
  ): Promise<Relations> {
    const query = toQuery(params, request);
    const view = await this.database.join(signal, snapshot);
    const plan = theOnly(await this.planner.plan(query, view));
    return toContent(query, view, [await view.openPiece(plan, reads)]);
  }

  private async openTables(params: DataParams, { export: request, signal }: SourceContext) {
    const query = toQuery(params, request);
    const { timeZone } = query;
    const view = await this.database.open(signal, { timeZone, isStreamed: request.streamed });
    const plans = await this.planner.plan(query, view);
    await view.lockTables(plans);
    const title = params.title ?? `${toSubject(query)} ${view.takenAt.slice(0, 10)}`;
    return { view, query, plans, title, server: await this.database.serverId() };
  }
}

function toQuery(params: DataParams, { tenantId }: SourceContext['export']): DataQuery {
  return { ...params, scope: scopeOf(params.type, params.tables), tenantId };
}

function toContent(query: DataQuery, view: SourceView, relations: readonly Relation[]): Relations {
  return {
    kind: 'relations',
    takenAt: view.takenAt,
    userId: query.subject,
    filters: query.filters ?? null,
    relations,
    warnings: [],
    setting: (name: string) => view.setting(name),
  };
}

/** The request named one table. @throws DomainError if its data type has others by now */
function theOnly(plans: readonly TablePlan[]): TablePlan {
  const [plan, ...others] = plans;
  if (plan && others.length === 0) return plan;
  const message = 'Only an export of one table can consist of several files, and its data types have several by now';
  throw new DomainError('conflict', 'division-impossible', message);
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

/** What the file is about, for its name. */
function toSubject({ scope, tables, dataTypes }: DataQuery): string {
  if (scope === 'tables') return tables.length > 3 ? `${tables.length} tables` : tables.join(' ');
  if (scope === 'document') return 'user data';
  return dataTypes.length > 0 && dataTypes.length <= 3 ? dataTypes.join(' ') : 'my data';
}
