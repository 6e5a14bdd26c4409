import { BlockDigest } from './block-digest.js';
import { BLOCK_BYTES, type Manifest, type ManifestFile } from './manifest.js';
import { type FileReport, type Finding, toFinding } from './report.js';
import { countRows, type RowCounter, rowCounterOf, UnreadableRowsError } from './row-count.js';
import type { VerifiableFile } from './verifiable-file.js';
import { ArchiveError } from './zip-archive.js';

export interface CheckedFile {
  readonly report: FileReport;
  readonly findings: readonly Finding[];
}

/**
 * Compares a file with what its manifest says: size, checksums, and the rows, which are counted again.
 * @param onBytes called with the number of bytes that were read
 * @throws the error of the file, if it cannot be read
 */
export async function checkFile(
  file: VerifiableFile,
  expected: ManifestFile,
  manifest: Manifest,
  onBytes: (bytes: number) => void,
): Promise<CheckedFile> {
  const { name, bytes, rows } = expected;
  const counter = rowCounterOf(expected, manifest);
  const findings = await compareBytes(file, expected, counter, onBytes);
  const isIntact = findings.length === 0;
  const report = { name, file: file.name, bytes, rows, countedRows: null, isIntact };
  if (!isIntact || rows === null) return { report, findings };
  try {
    const countedRows = counter ? counter.finish() : await countRows(file, expected, manifest);
    const differs = countedRows !== null && countedRows !== rows;
    return {
      report: { ...report, countedRows },
      findings: differs
        ? [toFinding('rows-differ', file.name, { values: { counted: countedRows, expected: rows } })]
        : [],
    };
  } catch (error) {
    if (!(error instanceof UnreadableRowsError)) throw error;
    return { report, findings: [toFinding('rows-unreadable', file.name, { values: { detail: error.message } })] };
  }
}

/** What differs in size and checksums. Bytes after the expected ones are not read. */
async function compareBytes(
  file: VerifiableFile,
  expected: ManifestFile,
  counter: RowCounter | null,
  onBytes: (bytes: number) => void,
): Promise<Finding[]> {
  const digest = await BlockDigest.of(expected.bytes);
  const rowsBefore = [0];
  const findings: Finding[] = [];
  try {
    for await (const part of withoutCrossingBlocks(file.read(0, Math.min(file.size, expected.bytes)))) {
      digest.update(part);
      counter?.update(part);
      onBytes(part.length);
      if (digest.bytes % BLOCK_BYTES === 0) rowsBefore.push(counter?.rows ?? 0);
    }
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    findings.push(toFinding('archive-damaged', file.name, { values: { detail: error.message } }));
  }
  const sha256 = digest.finish();
  rowsBefore.push(counter?.rows ?? 0);

  const modified = findModified(digest, expected);
  findings.push(
    ...modified.map((blocks) => {
      const bytes = {
        start: blocks.first * BLOCK_BYTES,
        end: Math.min(expected.bytes, (blocks.last + 1) * BLOCK_BYTES),
      };
      const rows = counter && {
        first: Math.max(1, rowsBefore[blocks.first] ?? 0),
        last: Math.max(1, rowsBefore[blocks.last + 1] ?? 0),
      };
      return toFinding('block-modified', file.name, { blocks, bytes, ...(rows && { rows }) });
    }),
    ...compareSizes(file, expected),
  );
  if (findings.length === 0 && sha256 !== expected.sha256) findings.push(toFinding('file-hash-mismatch', file.name));
  return findings;
}

/** The blocks that are complete and differ, in ranges. */
function findModified({ blocks, bytes }: BlockDigest, expected: ManifestFile): { first: number; last: number }[] {
  const ranges: { first: number; last: number }[] = [];
  for (const [index, block] of expected.blocks.entries()) {
    const isComplete = bytes >= Math.min(expected.bytes, (index + 1) * BLOCK_BYTES);
    if (!isComplete || blocks[index] === block) continue;
    const last = ranges.at(-1);
    if (last?.last === index - 1) last.last = index;
    else ranges.push({ first: index, last: index });
  }
  return ranges;
}

function compareSizes({ name, size }: VerifiableFile, { bytes, blocks }: ManifestFile): Finding[] {
  if (size === bytes) return [];
  const values = { bytes: size, expected: bytes };
  if (size > bytes) return [toFinding('file-extended', name, { bytes: { start: bytes, end: size }, values })];
  const missing = { first: Math.floor(size / BLOCK_BYTES), last: blocks.length - 1 };
  return [toFinding('file-truncated', name, { blocks: missing, bytes: { start: size, end: bytes }, values })];
}

async function* withoutCrossingBlocks(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let at = 0;
  for await (const chunk of source) {
    for (let start = 0; start < chunk.length;) {
      const part = chunk.subarray(start, start + BLOCK_BYTES - (at % BLOCK_BYTES));
      at += part.length;
      start += part.length;
      yield part;
    }
  }
}
