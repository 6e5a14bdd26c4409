// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';
import { handwrittenBoard } from '../support/handwriting.mjs';
import { timedExport } from '../support/environment.mjs';
import { canMeasureMemory, peakBytes, resetPeak, residentBytes } from '../support/memory.mjs';
import { megabytes, ms } from '../support/report.mjs';
import { median, repeat } from '../support/statistics.mjs';

const times = 5;
const goalMs = 3000;
const goalBytes = 500_000_000;
const settleMs = 2000;

export const hugeSize = { strokes: 5000, pointsPerStroke: 100 };

/** @type {import('../support/environment.mjs').Bench} */
export const hugeBoard = {
  name: 'huge-board',
  async measure(environment) {
    const service = await environment.startService();
    const client = environment.clientOf(service);
    await sleep(settleMs);
    const idle = canMeasureMemory ? residentBytes(service.pid) : 0;
    const state = handwrittenBoard(hugeSize);
    const { id } = await client.createSession('huge', state);
    await sleep(settleMs);
    if (canMeasureMemory) resetPeak(service.pid);

    const runs = await repeat(environment.rounds(times), () => timedExport(client, id, 'png'));

    const peak = canMeasureMemory ? peakBytes(service.pid) : 0;
    await service.stop();
    const wall = median(runs.map(({ wallMs }) => wallMs));
    const time = {
      what: `5,000 strokes, 500,000 points (${megabytes(state.length)} of JSON) to PNG, from POST to \`completed\` (median of ${times})`,
      seen: `${ms(wall)} (the export itself ${ms(median(runs.map(({ serverMs }) => serverMs)))})`,
      goal: `≤ ${goalMs} ms`,
      met: wall <= goalMs,
    };
    const memory = {
      what: 'peak memory (RSS) of the service over these',
      seen: `${megabytes(peak)}, ${megabytes(peak - idle)} above idle`,
      goal: `< ${megabytes(goalBytes)}`,
      met: peak < goalBytes,
    };
    return canMeasureMemory ? [time, memory] : [time, { what: memory.what, seen: 'measured on Linux only' }];
  },
};
