import { acceptedContents, type Sections } from '../../formats';
import type { Export } from '../../export';
import {
  type EstimateContext,
  ExportSource,
  ExportSourceProvider,
  type OpenedSource,
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
import { estimateTables } from '../model/services/row-estimates';
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
      return estimateTables(await this.planner.planAndCheck(query, view), view.estimates, sampleRows);
    }, query.timeZone);
  }

  override authorize(request: Export): Promise<void> {
    return this.authorizations.authorize(request, (id) => this.database.preview((view) => view.findUser(id)));
  }

  override async open(params: DataParams, { export: request, signal }: SourceContext): Promise<OpenedSource> {
    const { tenantId } = request;
    const query: DataQuery = { ...params, scope: scopeOf(params.type, params.tables), tenantId };
    const { timeZone } = query;
    const view = await this.database.open(signal, { timeZone, isStreamed: request.streamed });
    const plans = await this.planner.plan(query, view);
    await view.lockTables(plans);
    const title = params.title ?? `${toSubject(query)} ${view.takenAt.slice(0, 10)}`;
    const server = await this.database.serverId();
    if (query.scope === 'document') return { title, content: await openSections(plans, view), server };
    const relations = [];
    // Sequential, because a snapshot is one connection.
    for (const plan of plans) relations.push(await view.relation(plan, !request.streamed));
    const content = {
      kind: 'relations' as const,
      takenAt: view.takenAt,
      userId: query.subject,
      filters: query.filters ?? null,
      relations,
      warnings: [],
      setting: (name: string) => view.setting(name),
    };
    return { title, content, server };
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

/** What the file is about, for its name. */
function toSubject({ scope, tables, dataTypes }: DataQuery): string {
  if (scope === 'tables') return tables.length > 3 ? `${tables.length} tables` : tables.join(' ');
  if (scope === 'document') return 'user data';
  return dataTypes.length > 0 && dataTypes.length <= 3 ? dataTypes.join(' ') : 'my data';
}
