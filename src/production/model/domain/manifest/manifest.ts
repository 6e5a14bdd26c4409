import type { ExportFormat, ExportOptions, WarningCode } from '../../../../formats';
import { BLOCK_BYTES, type FileDigest } from '../../../../platform/digest/block-digest';
import type { Export } from '../../../../export';
import type { ManifestFacts, ManifestSnapshot, ManifestTable } from './manifest-facts';
import { toPortable } from './portable';

/** The version of the format. Additions keep it: readers ignore members that they do not know. */
export const MANIFEST_VERSION = 1;

/** The type of a manifest's signature. */
export const MANIFEST_JWS_TYPE = 'export-manifest+jws';

/**
 * What is in an export, and by which checksums it can be verified. Every number is a whole one, so that all JSON libraries write
 * the same text. Moments are ISO 8601 in UTC, hashes SHA-256 in lower-case hex.
 */
export interface Manifest {
  readonly version: typeof MANIFEST_VERSION;
  readonly export: {
    readonly id: string;
    readonly kind: string;
    readonly format: ExportFormat;
    readonly requested_at: string;
    readonly title: string;
  };
  /** The schedule that the export is a run of. */
  readonly schedule: ManifestSchedule | null;
  readonly request: {
    readonly filters: unknown;
    readonly options: ExportOptions;
    /** The requested data types or tables. */
    readonly tables: readonly string[] | null;
  };
  /** The state of the database from which all rows are; `null` for what is not made of rows. */
  readonly snapshot: ManifestSnapshot | null;
  readonly tables: readonly ManifestTable[];
  readonly files: readonly ManifestFile[];
  readonly totals: {
    readonly files: number;
    readonly rows: number | null;
    readonly pages: number | null;
    readonly bytes: number;
  };
  readonly warnings: readonly { readonly code: WarningCode; readonly text: string }[];
  readonly service: { readonly name: 'export-service'; readonly version: string };
}

export interface ManifestSchedule {
  readonly id: string;
  /** The moment for which the run was planned; of a manual run, when it was requested. */
  readonly slot: string;
  /** The hash of the manifest of the last completed run; `null` for the first one, and inside archives. */
  readonly previous_manifest_sha256: string | null;
}

export interface ManifestFile {
  readonly name: string;
  readonly media_type: string;
  readonly bytes: number;
  readonly rows: number | null;
  readonly sha256: string;
  readonly block_bytes: typeof BLOCK_BYTES;
  /** One hash for each `block_bytes`, the last one of what is left; none for an empty file. */
  readonly blocks: readonly string[];
}

/** What files have in common with those inside archives. */
export interface DescribedFile {
  readonly name: string;
  readonly contentType: string;
  readonly rows: number | null;
  readonly digest: FileDigest;
}

interface ManifestContents {
  readonly facts: ManifestFacts;
  readonly files: readonly DescribedFile[];
  readonly totals: { readonly rows: number | null; readonly pages: number | null };
  readonly warnings: Manifest['warnings'];
  readonly previousManifestSha256: string | null;
  readonly serviceVersion: string;
}

export type DescribedExport = Pick<
  Export,
  'id' | 'kind' | 'format' | 'createdAt' | 'scheduleId' | 'filters' | 'options' | 'dataTypes'
>;

/** Contains nothing of the record that the API does not show to its owner. */
export function toManifest(
  source: DescribedExport,
  { facts, files, totals, warnings, previousManifestSha256, serviceVersion }: ManifestContents,
): Manifest {
  const { id, kind, format, createdAt, filters, options } = source;
  const described = files.map(toManifestFile);
  return {
    version: MANIFEST_VERSION,
    export: { id, kind, format, requested_at: createdAt.toISOString(), title: facts.title },
    schedule: toSchedule(source, previousManifestSha256),
    request: {
      filters: toPortable(filters ?? null),
      options: toPortable(options) as ExportOptions,
      tables: toRequestedTables(source),
    },
    snapshot: facts.snapshot,
    tables: facts.tables,
    files: described,
    totals: { files: files.length, ...totals, bytes: described.reduce((sum, { bytes }) => sum + bytes, 0) },
    warnings: warnings.map(({ code, text }) => ({ code, text })),
    service: { name: 'export-service', version: serviceVersion },
  };
}

/** A manifest as it is stored, sent and delivered. */
export interface SealedManifest {
  /** The whole file. */
  readonly text: string;
  /** Of the text. */
  readonly sha256: string;
}

/** The text of the file: one line of JSON, whose signature covers exactly the text of its first member. */
export function toManifestText(manifest: Manifest, jws: string | null): string {
  return `${JSON.stringify({ manifest, jws })}\n`;
}

function toSchedule(
  { scheduleId, options, createdAt }: DescribedExport,
  previous_manifest_sha256: string | null,
): ManifestSchedule | null {
  if (scheduleId === null) return null;
  const { as_of: moment } = options;
  return {
    id: scheduleId,
    slot: typeof moment === 'string' ? moment : createdAt.toISOString(),
    previous_manifest_sha256,
  };
}

function toRequestedTables({ dataTypes, options: { tables } }: DescribedExport): readonly string[] | null {
  if (Array.isArray(tables)) return tables.map(String);
  return dataTypes.length > 0 ? dataTypes : null;
}

function toManifestFile({ name, contentType, rows, digest: { bytes, sha256, blocks } }: DescribedFile): ManifestFile {
  return { name, media_type: contentType, bytes, rows, sha256, block_bytes: BLOCK_BYTES, blocks };
}
