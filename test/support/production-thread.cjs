// @ts-check
// A production thread whose attempts do what the option `act` of their export says.
const { parentPort } = require('node:worker_threads');

if (!parentPort) throw new Error('This program is a thread of a test');
const port = parentPort;

/** @type {Record<string, (token: string) => void>} */
const acts = {
  produce: (token) => {
    port.postMessage({ kind: 'progress', token, progress: { done: 1, total: 2, unit: 'rows' } });
    port.postMessage({ kind: 'produced', token, file: { name: 'Rows.csv' } });
  },
  fail: (token) => {
    const domain = { kind: 'gone', code: 'session-deleted', details: {} };
    port.postMessage({ kind: 'failed', token, error: { name: 'DomainError', message: 'Gone', domain } });
  },
  wait: () => undefined,
  crash: () => {
    throw new Error('A fault of the thread');
  },
  hang: () => {
    // Waits in the loop, which costs no CPU time. It never ends and reads no message.
    const unchanged = new Int32Array(new SharedArrayBuffer(4));
    for (;;) Atomics.wait(unchanged, 0, 0, 20);
  },
  exhaust: () => {
    /** @type {object[]} */
    const objects = [];
    for (;;) objects.push({ with: [objects.length] });
  },
};

port.on('message', ({ kind, attempt, token }) => {
  if (kind === 'produce') acts[attempt.export.options.act]?.(attempt.token);
  else if (kind === 'ping') port.postMessage({ kind: 'pong' });
  else if (kind === 'close') process.exit();
  else port.postMessage({ kind: 'failed', token, error: { name: 'Error', message: 'aborted', domain: null } });
});
