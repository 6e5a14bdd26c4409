// @ts-check
// A Node program as a child that never outlives us.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { projectRoot } from '../process.mjs';

/**
 * @typedef {object} Child
 * @property {number} pid
 * @property {Promise<string>} ended how it ended, in words
 * @property {() => boolean} isRunning
 * @property {(timeoutMs: number) => Promise<void>} stop asks it to end, and ends it when it does not
 */

/**
 * @param {readonly string[]} args the program's file and its arguments
 * @param {{ env: Record<string, string | undefined>, onLine: (line: string) => void }} options
 * @returns {Child}
 */
export function startNode(args, { env, onLine }) {
  const guard = new URL('end-with-parent.mjs', import.meta.url).href;
  const child = spawn(process.execPath, ['--import', guard, ...args], {
    cwd: projectRoot,
    env: /** @type {NodeJS.ProcessEnv} */ (env),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // In a process group of its own: Ctrl-C in a terminal is for us, and we stop things in their order.
    detached: true,
  });
  let running = true;
  /** @type {Promise<string>} */
  const ended = new Promise((done) => {
    /** @param {string} how */
    const end = (how) => {
      running = false;
      done(how);
    };
    child.once('error', (error) => end(error.message));
    child.once('close', (code, signal) => end(signal ? `ended by ${signal}` : `ended with code ${code}`));
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', onLine);
  }
  return {
    pid: child.pid ?? -1,
    ended,
    isRunning: () => running,
    stop: async (timeoutMs) => {
      child.kill('SIGTERM');
      const lastResort = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
      await ended;
      clearTimeout(lastResort);
    },
  };
}
