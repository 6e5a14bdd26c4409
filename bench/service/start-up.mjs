// @ts-check
import { canMeasureCpu, cpuMs } from '../support/cpu.mjs';
import { seconds } from '../support/report.mjs';
import { median, repeat } from '../support/statistics.mjs';

const roles = ['api', 'worker', 'all'];
const starts = 5;

/** What it costs until a process can do its work. @type {import('../support/environment.mjs').Bench} */
export const startUp = {
  name: 'start-up',
  async measure(environment) {
    const rows = [];
    for (const role of roles) {
      const seen = await repeat(starts, () => start(environment, role));
      const wall = seconds(median(seen.map(({ wallMs }) => wallMs)), 2);
      const cpu = canMeasureCpu ? `${seconds(median(seen.map((each) => each.cpuMs)), 2)} of CPU, ` : '';
      rows.push({ what: `from the start of a process until it is ready, ROLE=${role}`, seen: `${cpu}${wall}` });
    }
    return rows;
  },
};

/** @param {import('../support/environment.mjs').BenchEnvironment} environment @param {string} role */
async function start(environment, role) {
  const startedAt = performance.now();
  const service = await environment.startService({ ROLE: role });
  const seen = { wallMs: performance.now() - startedAt, cpuMs: canMeasureCpu ? cpuMs(service.pid) : NaN };
  await service.stop();
  return seen;
}
