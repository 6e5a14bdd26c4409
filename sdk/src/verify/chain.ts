import type { Manifest } from './manifest.js';
import { type Finding, toFinding } from './report.js';

/** A run of a schedule, by its manifest. */
export interface ChainedRun {
  /** The file of the manifest. */
  readonly file: string;
  /** Of the file, in lower-case hex. */
  readonly sha256: string;
  readonly manifest: Manifest;
}

/** What is wrong with the chains of the schedules: each manifest names the hash of the one of the run before. */
export function checkChains(runs: readonly ChainedRun[]): Finding[] {
  const chains = new Map<string, Map<string, ChainedRun>>();
  for (const run of runs) {
    const { schedule } = run.manifest;
    if (schedule === null) continue;
    // Copies of a manifest are one run.
    chains.set(schedule.id, (chains.get(schedule.id) ?? new Map<string, ChainedRun>()).set(run.sha256, run));
  }
  return [...chains.values()].flatMap(checkChain);
}

function checkChain(runs: ReadonlyMap<string, ChainedRun>): Finding[] {
  const inOrder = [...runs.values()].sort((one, other) => (requestedAt(one) < requestedAt(other) ? -1 : 1));
  const isStart = (run: ChainedRun) => !runs.has(previousOf(run) ?? '');
  const start = inOrder.find((run) => isStart(run) && previousOf(run) === null) ?? inOrder.find(isStart);
  const followed = new Set<string>();
  return inOrder.flatMap((run) => {
    const previous = previousOf(run);
    if (run === start) return previous === null ? [] : [toFinding('chain-start', run.file, { values: { previous } })];
    if (previous === null || followed.has(previous)) return [toFinding('chain-branches', run.file)];
    followed.add(previous);
    return runs.has(previous) ? [] : [toFinding('chain-gap', run.file, { values: { previous } })];
  });
}

function previousOf({ manifest: { schedule } }: ChainedRun): string | null {
  return schedule?.previous_manifest_sha256 ?? null;
}

function requestedAt({ manifest }: ChainedRun): string {
  return manifest.export.requested_at;
}
