// @ts-check
// How much slower this machine is, under its present load, than the one on which the suite's time limits were set.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Wall time of one round on an idle machine with two cores of 2026, in milliseconds. */
const REFERENCE_MS = 300;
const ROUNDS = 2;
/** One process for each of jest's workers: what a test competes for is a core, not a thread. */
const PROCESSES = 2;
const WORK = `
  const { createHash } = require('node:crypto');
  let bytes = Buffer.alloc(65536, 7);
  for (let round = 0; round < 1500; round += 1) {
    const digest = createHash('sha256').update(bytes).digest();
    for (let index = 0; index < bytes.length; index += 1) bytes[index] = bytes[index] ^ digest[index & 31];
  }`;

/**
 * By what the limits of time in tests are multiplied: 1 on an idle machine as fast as the reference, more on a slower or
 * busier one, never less. `TEST_TIME_SCALE` in the environment replaces the measurement.
 * @returns {Promise<number>}
 */
export async function timeScale() {
  const given = Number(process.env['TEST_TIME_SCALE']);
  if (given >= 1) return given;
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await roundMs());
  return Math.max(1, Math.max(...rounds) / REFERENCE_MS);
}

async function roundMs() {
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: PROCESSES }, () => once(spawn(process.execPath, ['-e', WORK]), 'exit')));
  return performance.now() - startedAt;
}
