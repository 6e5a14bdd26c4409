import { createSha256 } from '../sha256.js';
import { type ChainedRun, checkChains } from './chain.js';
import { type CheckedFile, checkFile } from './file-check.js';
import type { Manifest, ManifestFile } from './manifest.js';
import { type ManifestDocument, type Place, readManifest } from './manifest-document.js';
import {
  type ExportReport,
  type FileReport,
  type Finding,
  type FindingCode,
  toFinding,
  toVerdict,
  type VerificationReport,
} from './report.js';
import { type KeySet, readKeySet } from './signature.js';
import { baseNameOf, folderOf, readBytes, type VerifiableFile } from './verifiable-file.js';
import { ArchiveError, isArchive, readArchive } from './zip-archive.js';

const MANIFEST_NAME = 'manifest.json';
const MANIFEST_SUFFIX = '.manifest.json';
const MAX_MANIFEST_BYTES = 256 * 1024 * 1024;

export interface VerifyOptions {
  /** The files with their manifests: `<name>.manifest.json` beside a file, `manifest.json` in a folder, or inside a zip. */
  readonly files: readonly VerifiableFile[];
  /** The public keys: the parsed JSON of a key set. Without them, signatures cannot be checked. */
  readonly jwks?: unknown;
  /** Accept files whose signatures were not checked, because there are no keys. */
  readonly acceptsUnsigned?: boolean;
  /** The files must be of this export: an older one with a manifest of its own is found. */
  readonly exportId?: string | undefined;
  /** Only some of the files are given: others of the same manifests are not missing. */
  readonly isSelection?: boolean;
  /** Called while files are read. */
  readonly onProgress?: (progress: VerifyProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

/** In bytes. Files in archives are read twice, so `done` may stay below `total` or grow in larger steps. */
export interface VerifyProgress {
  readonly file: string;
  readonly done: number;
  readonly total: number;
}

/**
 * Verifies files by their manifests, without the service: that they are complete and unmodified, that their rows are as many as
 * the manifest says, and that a known key has signed it. What is wrong is in the report.
 * @throws TypeError if `jwks` is no key set; the reason of the signal; an error of a file that cannot be read
 */
export async function verify(options: VerifyOptions): Promise<VerificationReport> {
  const keys = options.jwks === undefined ? null : await readKeySet(options.jwks);
  return new Verification(options, keys).run();
}

/** Whether a file is a manifest, by its name. */
export function isManifest({ name }: Pick<VerifiableFile, 'name'>): boolean {
  return baseNameOf(name) === MANIFEST_NAME || name.endsWith(MANIFEST_SUFFIX);
}

class Verification {
  private readonly findings: Finding[] = [];
  private readonly exports: ExportReport[] = [];
  private readonly runs: ChainedRun[] = [];
  /** The names of the files that a manifest describes. */
  private readonly described = new Set<string>();
  private readonly files: ReadonlyMap<string, VerifiableFile>;
  private readonly total: number;
  private done = 0;

  constructor(
    private readonly options: VerifyOptions,
    private readonly keys: KeySet | null,
  ) {
    const files = options.files.filter((file) => !isManifest(file));
    this.files = new Map(files.map((file) => [file.name, file]));
    this.total = files.reduce((sum, { size }) => sum + size, 0);
  }

  async run(): Promise<VerificationReport> {
    const { options, findings } = this;
    for (const file of options.files.filter(isManifest)) await this.verifyOutside(file);
    for (const file of this.files.values()) {
      if (this.described.has(file.name)) continue;
      if (!isArchive(file) || !(await this.verifyArchive(file, null))) this.add('manifest-missing', file.name);
    }
    if (!options.isSelection) findings.push(...checkChains(this.runs));
    const verdict = toVerdict(findings, options.acceptsUnsigned ? ['keys-missing'] : []);
    return { verdict, exports: this.exports, findings };
  }

  private async verifyOutside(file: VerifiableFile): Promise<void> {
    const bytes = await readBytes(file, 0, Math.min(file.size, MAX_MANIFEST_BYTES));
    const document = await this.read(bytes, file.name, 'outside');
    // What the manifest would describe is not known without it.
    if (!document) {
      this.described.add(stemOf(file));
      return;
    }
    const { manifest } = document;
    const digest = await createSha256();
    digest.update(bytes);
    this.runs.push({ file: file.name, sha256: digest.hex(), manifest });
    const reports: FileReport[] = [];
    for (const expected of manifest.files) {
      const found = this.findBeside(file, expected, manifest);
      if (!found) {
        const name = folderOf(file.name) + expected.name;
        this.add(this.options.isSelection ? 'file-not-given' : 'file-missing', name);
        if (!this.options.isSelection) reports.push(toMissing(expected));
        continue;
      }
      this.described.add(found.name);
      if (baseNameOf(found.name) !== baseNameOf(expected.name))
        this.add('file-renamed', found.name, { name: expected.name });
      const { isIntact, ...report } = await this.check(found, expected, manifest);
      const countedRows = isArchive(found) ? await this.verifyContents(found, expected, manifest) : report.countedRows;
      reports.push({ ...report, isIntact, countedRows });
    }
    this.report(file.name, document, reports, false);
  }

  /** The archive that a manifest beside it describes, by the manifest inside it. @returns its rows, if they were counted */
  private async verifyContents(
    archive: VerifiableFile,
    { rows }: ManifestFile,
    manifest: Manifest,
  ): Promise<number | null> {
    const inside = await this.verifyArchive(archive, manifest);
    const counts = inside ? inside.map(({ countedRows }) => countedRows) : [null];
    if (rows === null || counts.includes(null)) return null;
    const counted = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
    if (counted !== rows) this.add('rows-differ', archive.name, { counted, expected: rows });
    return counted;
  }

  /**
   * Verifies the files of an archive by the manifest inside it.
   * @param outside the manifest of the archive itself
   * @returns `null` if the archive has no manifest
   */
  private async verifyArchive(archive: VerifiableFile, outside: Manifest | null): Promise<FileReport[] | null> {
    try {
      const entries = await readArchive(archive);
      const nameOf = ({ name }: VerifiableFile) => name.slice(archive.name.length + 1);
      const file = entries.find((entry) => nameOf(entry) === MANIFEST_NAME);
      if (!file || file.size > MAX_MANIFEST_BYTES) return null;
      const bytes = await readBytes(file);
      if (!hasMember(bytes, 'manifest')) return null;
      const document = await this.read(bytes, file.name, 'inside');
      if (!document) return [];
      if (!outside) this.add('container-not-covered', archive.name);
      if (outside && outside.export.id !== document.manifest.export.id)
        this.add('archive-of-another-export', archive.name);
      const files = new Map(entries.filter((entry) => entry !== file).map((entry) => [nameOf(entry), entry]));
      const reports = await this.checkEntries(archive, files, document.manifest);
      if (!outside) this.report(file.name, document, reports, true);
      return reports;
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      this.add('archive-damaged', archive.name, { detail: error.message });
      return [];
    }
  }

  private async checkEntries(
    archive: VerifiableFile,
    entries: Map<string, VerifiableFile>,
    manifest: Manifest,
  ): Promise<FileReport[]> {
    const reports: FileReport[] = [];
    for (const expected of manifest.files) {
      const entry = entries.get(expected.name);
      entries.delete(expected.name);
      if (entry) reports.push(await this.check(entry, expected, manifest));
      else {
        this.add('file-missing', `${archive.name}/${expected.name}`);
        reports.push(toMissing(expected));
      }
    }
    for (const { name } of entries.values()) this.add('file-unexpected', name);
    return reports;
  }

  private async check(file: VerifiableFile, expected: ManifestFile, manifest: Manifest): Promise<FileReport> {
    const { onProgress, signal } = this.options;
    const { report, findings }: CheckedFile = await checkFile(file, expected, manifest, (bytes) => {
      signal?.throwIfAborted();
      this.done = Math.min(this.total, this.done + bytes);
      onProgress?.({ file: file.name, done: this.done, total: this.total });
    });
    this.findings.push(...findings);
    return report;
  }

  private async read(bytes: Uint8Array, name: string, place: Place): Promise<ManifestDocument | null> {
    const { document, findings } = await readManifest(bytes, name, place, this.keys);
    this.findings.push(...findings);
    const { exportId } = this.options;
    const id = document?.manifest.export.id;
    if (exportId !== undefined && id !== undefined && id !== exportId) {
      this.add('export-unexpected', name, { expected: exportId, id });
    }
    return document;
  }

  /** The place decides which file a manifest describes; then the name; then that there is no other file. */
  private findBeside(
    manifestFile: VerifiableFile,
    { name }: ManifestFile,
    { files }: Manifest,
  ): VerifiableFile | undefined {
    const beside = files.length === 1 ? this.files.get(stemOf(manifestFile)) : undefined;
    const found = beside ?? this.files.get(folderOf(manifestFile.name) + name);
    if (found || files.length > 1 || this.files.size > 1 || this.options.files.length > 2) return found;
    return [...this.files.values()][0];
  }

  private report(manifest: string, document: ManifestDocument, files: readonly FileReport[], isInside: boolean): void {
    const { export: exported, schedule, snapshot, totals } = document.manifest;
    const { id, kind, format, title, requested_at: requestedAt } = exported;
    this.exports.push({
      manifest,
      isInside,
      id,
      kind,
      format,
      title,
      requestedAt,
      asOf: snapshot?.taken_at ?? null,
      schedule: schedule && { id: schedule.id, slot: schedule.slot },
      signedBy: document.signedBy,
      rows: totals.rows,
      pages: totals.pages,
      files,
    });
  }

  private add(code: FindingCode, file: string, values: Record<string, string | number> = {}): void {
    this.findings.push(toFinding(code, file, { values }));
  }
}

function stemOf({ name }: VerifiableFile): string {
  return name.endsWith(MANIFEST_SUFFIX) ? name.slice(0, -MANIFEST_SUFFIX.length) : '';
}

function toMissing({ name, bytes, rows }: ManifestFile): FileReport {
  return { name, file: null, bytes, rows, countedRows: null, isIntact: false };
}

/** Whether a JSON object has a member. What is no JSON counts as one that has it, so that it is found to be unreadable. */
function hasMember(bytes: Uint8Array, name: string): boolean {
  try {
    return name in (JSON.parse(new TextDecoder().decode(bytes)) as object);
  } catch {
    return true;
  }
}
