/**
 * - `wrong`: something is not what the service made
 * - `unverifiable`: nothing wrong is known, but something could not be verified
 * - `note`: worth to know; it changes nothing
 */
export type Severity = 'wrong' | 'unverifiable' | 'note';

const SEVERITIES = {
  'archive-damaged': 'wrong',
  'archive-of-another-export': 'wrong',
  'block-modified': 'wrong',
  'chain-branches': 'wrong',
  'chain-gap': 'wrong',
  'export-unexpected': 'wrong',
  'file-extended': 'wrong',
  'file-hash-mismatch': 'wrong',
  'file-missing': 'wrong',
  'file-truncated': 'wrong',
  'file-unexpected': 'wrong',
  'manifest-invalid': 'wrong',
  'manifest-modified': 'wrong',
  'manifest-unreadable': 'wrong',
  'rows-differ': 'wrong',
  'rows-unreadable': 'wrong',
  'signature-invalid': 'wrong',
  'signature-malformed': 'wrong',

  'key-unknown': 'unverifiable',
  'keys-missing': 'unverifiable',
  'manifest-missing': 'unverifiable',
  'manifest-version-unknown': 'unverifiable',
  'signature-missing': 'unverifiable',
  'signature-unsupported': 'unverifiable',

  'chain-start': 'note',
  'container-not-covered': 'note',
  'file-not-given': 'note',
  'file-renamed': 'note',
} as const satisfies Readonly<Record<string, Severity>>;

export type FindingCode = keyof typeof SEVERITIES;

/** One thing that was found. `describeFinding` says it in words. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** The name of the file; of a file inside an archive `<archive>/<file>`. */
  readonly file: string;
  /** Blocks of the manifest, counted from 0. */
  readonly blocks?: { readonly first: number; readonly last: number };
  /** Bytes of the file, of which `end` is not included. */
  readonly bytes?: { readonly start: number; readonly end: number };
  /** The rows that the blocks touch, counted from 1. */
  readonly rows?: { readonly first: number; readonly last: number };
  /** What the sentence about it names. */
  readonly values?: Readonly<Record<string, string | number>>;
}

export function toFinding(
  code: FindingCode,
  file: string,
  details: Omit<Finding, 'code' | 'severity' | 'file'> = {},
): Finding {
  return { code, severity: SEVERITIES[code], file, ...details };
}

/** A file of an export. */
export interface FileReport {
  /** In the manifest. */
  readonly name: string;
  /** The verified file; `null` if it is missing. */
  readonly file: string | null;
  readonly bytes: number;
  /** As the manifest says; `null` for what has no rows. */
  readonly rows: number | null;
  /** Counted again; `null` where that is not possible, or the file is not intact. */
  readonly countedRows: number | null;
  /** Whether its size and all its checksums are those of the manifest. */
  readonly isIntact: boolean;
}

/** What one manifest says, and what is true of it. Moments are ISO 8601 in UTC. */
export interface ExportReport {
  /** The file of the manifest. */
  readonly manifest: string;
  /** Whether the manifest is inside the archive that it describes. */
  readonly isInside: boolean;
  readonly id: string;
  readonly kind: string;
  readonly format: string;
  readonly title: string;
  readonly requestedAt: string;
  /** The state of the database from which the rows are. */
  readonly asOf: string | null;
  readonly schedule: { readonly id: string; readonly slot: string } | null;
  /** The thumbprint of the key whose signature is valid; `null` without one. */
  readonly signedBy: string | null;
  readonly rows: number | null;
  readonly pages: number | null;
  readonly files: readonly FileReport[];
}

export interface VerificationReport {
  /** `verified` only if each file is complete, unmodified and signed by a known key. */
  readonly verdict: 'verified' | 'wrong' | 'unverifiable';
  readonly exports: readonly ExportReport[];
  readonly findings: readonly Finding[];
}

/** @param accepted findings that do not prevent `verified` */
export function toVerdict(
  findings: readonly Finding[],
  accepted: readonly FindingCode[] = [],
): VerificationReport['verdict'] {
  const counted = findings.filter(({ code }) => !accepted.includes(code));
  if (counted.some(({ severity }) => severity === 'wrong')) return 'wrong';
  return counted.some(({ severity }) => severity === 'unverifiable') ? 'unverifiable' : 'verified';
}
