import { type ExportWarning, toFileName } from '../../../formats';
import type { Export, ExportFailure } from '../../../export';
import type { DivisionPlan, Piece } from '../../../export/sources';
import { objectPrefix } from '../../../export/sources';
import { NOT_PRODUCED } from './export-faults';
import type { PartFile, StoredPartFile } from './part-file';

/** A part fails, and with it the attempt at its export, after this many attempts. */
export const MAX_PART_ATTEMPTS = 3;

/** What a worker made of a part. */
export interface FinishedPart {
  readonly files: readonly StoredPartFile[];
  readonly warnings: readonly ExportWarning[];
}

/** A worker's exclusive right to work on a part. The token is the fencing token. */
export interface ClaimedPart {
  readonly export: Export;
  /** The token of the attempt that has the snapshot. */
  readonly leaderToken: string;
  /** From 1. */
  readonly number: number;
  readonly token: string;
  /** Counted from 1. */
  readonly attempt: number;
  readonly piece: Piece;
  /** As in the plan. */
  readonly snapshot: object | null;
}

/** How far the parts of an attempt are. */
export interface PartsState {
  /** How many are not done. */
  readonly open: number;
  /** Rendered so far. */
  readonly rows: number;
  /** Why the attempt cannot succeed; `null` while it can. */
  readonly failure: PartFailure | null;
}

export interface PartFailure extends ExportFailure {
  /** Whether another attempt would fail in the same way. */
  readonly isPermanent: boolean;
}

/** The worker ended during every attempt at a part. */
export const PART_INTERRUPTED: PartFailure = { ...NOT_PRODUCED, isPermanent: false };

/** A file of a completed export of several, where it is known in which zip. */
export interface PublishedFile extends Omit<PartFile, 'blocks'> {
  /** From 1. */
  readonly number: number;
  /** Where its entry begins in the zip. */
  readonly zipOffset: number;
}

const NUMBER_DIGITS = 5;

/** Names the files of finished parts, in their order: `<title>-00001.csv`, in the folders of their pieces. */
export function nameFiles(title: string, { pieces }: DivisionPlan, results: readonly FinishedPart[]): PartFile[] {
  const named: PartFile[] = [];
  for (const [index, { files }] of results.entries()) {
    const folder = pieces[index]?.folder ?? null;
    for (const { extension, ...file } of files) {
      const number = String(named.length + 1).padStart(NUMBER_DIGITS, '0');
      const name = toFileName(title, extension, `-${number}`);
      named.push({ ...file, name: folder === null ? name : `${folder}/${name}` });
    }
  }
  return named;
}

/** The key of a file of a part. It begins with the token of the leader, so that all files of an attempt have a prefix. */
export function toPartKey(part: ClaimedPart, file: number, extension: string): string {
  const { leaderToken, number, token } = part;
  return `${partPrefix(part.export.id, leaderToken)}${number}-${token}-${file}.${extension}`;
}

export function partPrefix(exportId: string, leaderToken: string): string {
  return `${objectPrefix(exportId)}${leaderToken}-`;
}
