// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { timed } from '../support/environment.mjs';
import { canMeasureCpu, cpuMs } from '../support/cpu.mjs';
import { latenciesOf, phase, phaseMs } from '../support/latency.mjs';
import { canMeasureMemory, peakBytes, resetPeak, residentBytes } from '../support/memory.mjs';
import { megabytes, seconds } from '../support/report.mjs';
import { wideRows } from './wide-rows.mjs';

const readers = 200;
const fileBytes = 100_000_000;
const goalRatio = 3;
const goalBytes = 200_000_000;
const program = fileURLToPath(new URL('many-downloads.child.mjs', import.meta.url));

/** @type {import('../support/environment.mjs').Bench} */
export const downloads = {
  name: 'downloads',
  async measure(environment) {
    const view = await wideRows(environment.databaseUrl, environment.size(fileBytes));
    const service = await environment.startService();
    const client = environment.clientOf(service);
    const { record } = await timed(client, () => client.requestBulkExport({ tables: [view], format: 'csv' }));
    const ask = async () => void (await client.status(record.id));
    const idle = await phase(service.url, ask, environment.size(phaseMs));

    const memory = canMeasureMemory ? residentBytes(service.pid) : NaN;
    if (canMeasureMemory) resetPeak(service.pid);
    const reading = await startReading(service.url, `/api/v1/exports/${record.id}/download`, environment.token);
    const usedBefore = canMeasureCpu ? cpuMs(service.pid) : NaN;
    const startedAt = performance.now();
    const busy = await phase(service.url, ask, environment.size(phaseMs));
    const [tookMs, usedMs] = [performance.now() - startedAt, canMeasureCpu ? cpuMs(service.pid) - usedBefore : NaN];
    const { bytes, files, sha256 } = await reading.end();
    const grown = canMeasureMemory ? peakBytes(service.pid) - memory : NaN;
    await service.stop();
    environment.removeFileOf(record);
    if (files > 0 && sha256 !== '' && sha256 !== record.sha256)
      throw new Error('A downloaded file has another SHA-256');

    const gigabytes = bytes / 1e9;
    const ratio = busy.p99 / idle.p99;
    const what = `${readers} downloads of ${megabytes(record.file_size ?? 0)} at once, again and again`;
    return [
      {
        what: `${what} (${files} complete, the first one with its SHA-256)`,
        seen: `${megabytes(bytes / (tookMs / 1000))} a second, ${seconds(usedMs / gigabytes, 2)} of CPU for a GB`,
        goal: 'its SHA-256',
        met: sha256 === '' ? undefined : true,
      },
      { what: 'status, nothing else to do', seen: latenciesOf(idle) },
      { what: 'status, during the downloads', seen: latenciesOf(busy) },
      { what: 'p99 of the two', seen: `${ratio.toFixed(1)} ×`, goal: `≤ ${goalRatio} ×`, met: ratio <= goalRatio },
      {
        what: 'peak memory of the service above idle, during the downloads',
        seen: megabytes(grown),
        goal: `< ${megabytes(goalBytes)}`,
        met: canMeasureMemory ? grown < goalBytes : undefined,
      },
    ];
  },
};

/** In another process, whose work is not counted. Resolves when all readers have begun. @param {string} url @param {string} path @param {string} token */
async function startReading(url, path, token) {
  const { hostname, port } = new URL(url);
  const args = [program, hostname, port, path, token, String(readers)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('The readers have ended early');
    return JSON.parse(value);
  };
  await next();
  return {
    /** @returns {Promise<{ bytes: number, files: number, sha256: string }>} */
    end: async () => {
      child.stdin.end();
      const seen = await next();
      if (child.exitCode === null) await once(child, 'exit');
      return seen;
    },
  };
}
