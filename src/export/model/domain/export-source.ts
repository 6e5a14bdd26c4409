import { applyDecorators, Injectable, SetMetadata } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../../platform/auth/principal';
import type { Content, ContentKind, ContentOf, ExportFormat, ExportOptions } from '../../../formats';
import type { Export, ExportDescription, ReadSummary, RecordOwner } from './export';
import type { SourceEstimate } from './export-estimate';
import type { Division } from './division';
import { type ExportKind, registerExportKind } from './export-kind';
import type { DivisionPlan, Piece } from './division';

const KIND = 'export-kind';

/** Makes a class the source of a kind of exports. The application finds it when a module provides it. */
export function ExportSourceProvider(kind: ExportKind): ClassDecorator {
  registerExportKind(kind);
  return applyDecorators(Injectable(), SetMetadata(KIND, kind));
}

/** Opened content, and its title, which becomes the name of the file. */
export interface OpenedSource {
  readonly title: string;
  readonly content: Content;
  /** Identifies the database that has the rows; absent or `null` where there is none, or it is not known. */
  readonly server?: string | null;
  /** How the rows so far were read; absent where no rows of tables are read. */
  readonly read?: () => ReadSummary;
}

/** The rows of one table, divided. Its snapshot stays open until the signal of the context aborts. */
export interface DividedSource extends OpenedSource {
  /** All rows; they are not read as a whole. */
  readonly content: ContentOf<'relations'>;
  readonly plan: DivisionPlan;

  /** Opens the rows of one piece, one after the other, for the worker that has the snapshot. */
  openPiece(piece: Piece): ContentOf<'relations'>;

  /** @throws if the snapshot was closed, so that its tables may have changed in ways that snapshots do not hide */
  assertOpen(): Promise<void>;
}

/** This worker cannot read the snapshot of another one, which may be on another server or closed. */
export class SnapshotNotSharedError extends Error {
  override readonly name = 'SnapshotNotSharedError';
}

export interface SourceContext {
  readonly export: Export;
  /** Ends the reading, also of content that was returned. */
  readonly signal: AbortSignal;
}

/** A page of a finished file, to be drawn as a picture. */
export interface PageToDraw {
  readonly export: Export;
  readonly caller: Principal;
  /** Counted from 1; the file has it. */
  readonly number: number;
  /** Pixels; a smaller page is not enlarged. */
  readonly maxSide: number;
  /** Reads the file. The caller owns the memory. */
  readonly readFile: () => Promise<Uint8Array>;
  readonly signal: AbortSignal;
}

/** A request to estimate, which its caller has a right to. */
export interface EstimateContext {
  readonly caller: Principal;
  readonly owner: RecordOwner;
  readonly format: ExportFormat;
  readonly options: ExportOptions;
  /** How many rows of each table to show. */
  readonly sampleRows: number;
}

/**
 * A thing that can be exported. A source owns its parameters: it validates them, describes them and reads what they name.
 * It does not know the bytes that its content becomes.
 */
export abstract class ExportSource<Params = unknown> {
  /** Parses parameters, also when the record gives them back from JSON. */
  abstract readonly params: z.ZodType<Params>;
  /** The formats on offer, each with the kinds of content that `open` may return for it. */
  abstract readonly formats: Readonly<Partial<Record<ExportFormat, readonly ContentKind[]>>>;

  get kind(): ExportKind {
    return Reflect.getMetadata(KIND, this.constructor) as ExportKind;
  }

  /** What the API shows of the parameters. Fields that do not apply are left out. */
  abstract describe(params: Params, owner: RecordOwner): Partial<ExportDescription>;

  /** The inverse of `describe`, for records without parameters: release 0.1.0 stores descriptions alone. */
  abstract recover(description: ExportDescription, owner: RecordOwner): unknown;

  /**
   * Says what `open` would read, in a fraction of a second. It reveals nothing that the export would not contain.
   * @returns `null` if it cannot say
   * @throws DomainError when it cannot be exported
   */
  abstract estimate(params: Params, context: EstimateContext): Promise<SourceEstimate | null>;

  /**
   * Checks again, when an attempt begins, whether the export is allowed; absent where the request decides it. `open` may run in
   * a thread that has the source and no other module; this runs where all modules are.
   * @throws DomainError if it is not allowed any more
   */
  authorize?(request: Export): Promise<void>;

  /** @throws DomainError when it cannot be exported, now or later; the message becomes the record's `error` */
  abstract open(params: Params, context: SourceContext): Promise<OpenedSource>;

  /**
   * Opens a snapshot, and plans how several workers read it; absent where an export is always one file.
   * @throws DomainError when it cannot be exported or divided
   */
  divide?(params: Params, division: Division, context: SourceContext): Promise<DividedSource>;

  /**
   * Opens the rows of a piece in the snapshot of another worker; present with `divide`.
   * @param snapshot of the plan
   * @throws SnapshotNotSharedError
   */
  openPiece?(params: Params, snapshot: object, piece: Piece, context: SourceContext): Promise<ContentOf<'relations'>>;

  /**
   * Draws a page of a file as a PNG; absent where the files have no pages of the source.
   * @throws DomainError conflict when it is not known any more what the file shows, and what else prevents a drawing
   */
  drawPage?(params: Params, page: PageToDraw): Promise<Uint8Array>;
}
