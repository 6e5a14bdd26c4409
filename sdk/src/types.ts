import type { components, operations } from './generated/openapi.js';

type Schemas = components['schemas'];

/** The record of an export. `kind` tells which filters and options it has. */
export type Export = Schemas['ExportResponse'];
export type ExportList = Schemas['ExportListResponse'];
export type ExportListQuery = NonNullable<operations['listExports']['parameters']['query']>;
export type Problem = Schemas['ProblemResponse'];
export type FieldProblem = Schemas['FieldProblem'];

/** `client.exports.estimate` makes the dry runs. */
type Creating<Body> = Omit<Body, 'dry_run'>;

/** Rows of a user: the data types that the platform offers. */
export type RowsRequest = Omit<Creating<Schemas['DataExportBody']>, 'type'> & { readonly type: 'full' | 'partial' };
/** Whole tables, for administrators. */
export type TablesRequest = Creating<Schemas['BulkExportBody']>;
/** A board, by the id of its session. */
export type BoardRequest = Creating<Schemas['BoardExportRequest']> & { readonly board: string };
/** Several boards in one file: the ids of their sessions, or a filter that selects them at the request. */
export type BoardsRequest = Omit<Creating<Schemas['BoardsExportRequest']>, 'session_ids' | 'filter'> & {
  readonly boards: readonly string[] | Schemas['BoardFilterBody'];
};
/** The results of an event, by its id. The file can be downloaded once unless `one_time` is false. */
export type ResultsRequest = Creating<Schemas['ResultsExportBody']> & { readonly event: string };

/** What to export. A `board` or an `event` names one; `boards` several; `tables` are whole tables; otherwise it is a user's rows. */
export type ExportRequest = RowsRequest | TablesRequest | BoardRequest | BoardsRequest | ResultsRequest;

export type Schedule = Schemas['ScheduleResponse'];
export type ScheduleRequest = Schemas['ScheduleRequest'];
export type SchedulePreviewRequest = Schemas['SchedulePreviewRequest'];
export type SchedulePreview = Schemas['SchedulePreviewResponse'];
export type ScheduleList = Schemas['ScheduleListResponse'];
export type ScheduleListQuery = NonNullable<operations['listSchedules']['parameters']['query']>;
export type ScheduleRunList = Schemas['ScheduleRunListResponse'];
export type ScheduleRunListQuery = NonNullable<operations['listScheduleRuns']['parameters']['query']>;

/** A destination to test, or a schedule whose destination is tested. */
export type DestinationTestRequest = Schemas['DestinationTestRequest'];
/** `steps` is null where the caller may see the outcome only. */
export type DestinationTest = Schemas['DestinationTestResponse'];

export type EventList = Schemas['EventListResponse'];
export type EventListQuery = NonNullable<operations['listEvents']['parameters']['query']>;
export type EventDetails = Schemas['EventDetailsResponse'];
export type ResultList = Schemas['ResultListResponse'];
export type ResultListQuery = NonNullable<operations['listResults']['parameters']['query']>;

export type Board = Schemas['SessionResponse'];
export type BoardList = Schemas['SessionListResponse'];
export type BoardListQuery = NonNullable<operations['listBoards']['parameters']['query']>;
export type NewBoard = operations['createBoard']['requestBody']['content']['application/json'] & {
  /** For external systems: the user to whom the board belongs. */
  readonly user_id?: string;
};

/** What an export would have. Null is unknown. */
export type Estimate = Schemas['ExportEstimateResponse'];

/** The first rows of a file. */
export type Preview = Schemas['PreviewResponse'];

/** Some of the files of an export that was divided. */
export type ExportParts = Schemas['ExportPartListResponse'];
