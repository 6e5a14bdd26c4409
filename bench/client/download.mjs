// @ts-check
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { capture, projectRoot } from '../../dev/process.mjs';
import { timed } from '../support/environment.mjs';
import { megabytes, seconds } from '../support/report.mjs';
import { wideRows } from './wide-rows.mjs';

const fileBytes = 516_000_000;
const cutEveryBytes = 20_000_000;
const goalGrowth = 64_000_000;

/** The client over a connection that breaks again and again. @type {import('../support/environment.mjs').Bench} */
export const clientDownload = {
  name: 'client-download',
  async measure(environment) {
    const view = await wideRows(environment.databaseUrl, environment.size(fileBytes));
    const service = await environment.startService();
    const client = environment.clientOf(service);
    const { record } = await timed(client, () => client.requestBulkExport({ tables: [view], format: 'csv' }));
    const proxy = await cuttingProxy(Number(new URL(service.url).port), environment.size(cutEveryBytes));

    const began = performance.now();
    const child = join(projectRoot, 'bench/client/download.child.mjs');
    const { code, output, stdout } = await capture(process.execPath, [child, proxy.url, environment.token, record.id]);
    if (code !== 0) throw new Error(output.trim());
    const { isEqual, breaks, growth } = JSON.parse(stdout);
    const took = performance.now() - began;
    proxy.close();
    await service.stop();
    environment.removeFileOf(record);

    const what = `download of ${megabytes(record.file_size ?? 0)} that breaks every ${megabytes(environment.size(cutEveryBytes))}`;
    return [
      { what, seen: `${seconds(took)}, ${breaks} resumed`, goal: 'its SHA-256', met: isEqual && breaks > 0 },
      {
        what: 'memory of the client above its start',
        seen: megabytes(growth),
        goal: `≤ ${megabytes(goalGrowth)}`,
        met: growth <= goalGrowth,
      },
    ];
  },
};

/**
 * Cuts each connection after so many bytes of responses.
 * @param {number} port of the service
 * @param {number} everyBytes
 */
async function cuttingProxy(port, everyBytes) {
  const server = createServer((socket) => {
    const upstream = connect(port, '127.0.0.1');
    let left = everyBytes;
    upstream.on('data', (chunk) => {
      left -= chunk.length;
      if (left < 0) socket.destroy();
    });
    upstream.pipe(socket);
    socket.pipe(upstream);
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ]) {
      one?.on('error', () => undefined).on('close', () => other?.destroy());
    }
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(undefined)));
  const { port: own } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${own}`, close: () => server.close() };
}
