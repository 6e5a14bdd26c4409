// @ts-check
import { createServer } from 'node:net';

/** The first free port from `preferred` on. @param {number} preferred */
export async function freePortFrom(preferred) {
  for (let port = preferred; port < preferred + 100; port++) {
    // Some systems let two servers share a port when one of them listens on a single address only.
    if ((await tryPort(port, '127.0.0.1')) && (await tryPort(port))) return port;
  }
  throw new Error(`None of the ports ${preferred} to ${preferred + 99} is free.`);
}

/** Any free port. */
export async function freePort() {
  const port = await tryPort(0);
  if (!port) throw new Error('The system has no free port.');
  return port;
}

/**
 * @param {number} port
 * @param {string} [host]
 * @returns {Promise<number | undefined>} the port when it could be had
 */
function tryPort(port, host) {
  return new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => done(undefined));
    probe.listen(port, host, () => {
      const address = probe.address();
      probe.close(() => done(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}
