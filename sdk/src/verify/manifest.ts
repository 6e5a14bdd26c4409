import { isObject } from './signature.js';

/** The length of all blocks but the last, in version 1. */
export const BLOCK_BYTES = 4_194_304;

/** The members of a manifest that verification uses. */
export interface Manifest {
  readonly version: 1;
  readonly export: Record<'id' | 'kind' | 'format' | 'requested_at' | 'title', string>;
  readonly schedule: {
    readonly id: string;
    readonly slot: string;
    readonly previous_manifest_sha256: string | null;
  } | null;
  readonly request: { readonly options: Readonly<Record<string, unknown>> };
  readonly snapshot: { readonly taken_at: string } | null;
  readonly files: readonly ManifestFile[];
  readonly totals: {
    readonly files: number;
    readonly rows: number | null;
    readonly pages: number | null;
    readonly bytes: number;
  };
}

export interface ManifestFile {
  readonly name: string;
  readonly media_type: string;
  readonly bytes: number;
  readonly rows: number | null;
  readonly sha256: string;
  readonly blocks: readonly string[];
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isHash: Check = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const withMembers =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) && Object.entries(checks).every(([name, check]) => check(value[name]));

const MEMBERS: Readonly<Record<string, Check>> = {
  export: withMembers({ id: isText, kind: isText, format: isText, requested_at: isText, title: isText }),
  schedule: orNull(withMembers({ id: isText, slot: isText, previous_manifest_sha256: orNull(isHash) })),
  request: withMembers({ options: isObject }),
  snapshot: orNull(withMembers({ taken_at: isText })),
  files: listOf(
    withMembers({
      name: isText,
      media_type: isText,
      bytes: isCount,
      rows: orNull(isCount),
      sha256: isHash,
      block_bytes: (value) => value === BLOCK_BYTES,
      blocks: listOf(isHash),
    }),
  ),
  totals: withMembers({ files: isCount, rows: orNull(isCount), pages: orNull(isCount), bytes: isCount }),
};

/** The name of the first member that is not as the format says, or that contradicts another; `null` if all is right. */
export function findInvalidMember(manifest: Readonly<Record<string, unknown>>): string | null {
  const invalid = Object.entries(MEMBERS).find(([name, check]) => !check(manifest[name]));
  return invalid?.[0] ?? findContradiction(manifest as unknown as Manifest);
}

function findContradiction({ files, totals }: Manifest): string | null {
  const names = new Set(files.map(({ name }) => name));
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (files.some((file) => file.blocks.length !== Math.ceil(file.bytes / BLOCK_BYTES))) return 'files.blocks';
  if (files.some(({ name }) => !isSafeName(name)) || names.size < files.length) return 'files.name';
  return totals.files === files.length && totals.bytes === bytes ? null : 'totals';
}

/** Whether a name stays within its folder. */
function isSafeName(name: string): boolean {
  return name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}
