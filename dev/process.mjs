// @ts-check
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = resolve(fileURLToPath(import.meta.url), '../..');

/** Path of a program that an installed package brought. @param {string} name */
export const localProgram = (name) => resolve(projectRoot, 'node_modules/.bin', name);

/**
 * Runs a command to its end and keeps what it printed; a command that cannot be started ends with code 127.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<{ code: number, output: string, stdout: string }>}
 */
export function capture(command, args, options = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: projectRoot, ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let stdout = '';
    child.stdout?.on('data', (chunk) => {
      stdout += chunk;
      output += chunk;
    });
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => done({ code: 127, output: `${output}${error.message}\n`, stdout }));
    child.on('close', (code) => done({ code: code ?? 1, output, stdout }));
  });
}

/**
 * Runs a command on this terminal and gives its exit code.
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<number>}
 */
export function passThrough(command, args) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd: projectRoot, stdio: 'inherit' });
    // Ctrl-C reaches the child by itself; we only have to outlive it, so that it can clean up.
    const outlive = () => {};
    const forward = () => child.kill('SIGTERM');
    process.on('SIGINT', outlive);
    process.on('SIGTERM', forward);
    child.on('error', fail);
    child.on('close', (code, signal) => {
      process.off('SIGINT', outlive);
      process.off('SIGTERM', forward);
      done(code ?? (signal === 'SIGINT' ? 130 : 143));
    });
  });
}

/**
 * What tells a process from a later one with the same id: the moment it started. Undefined when it does not run.
 * @param {number} pid
 * @returns {string | undefined}
 */
export function processStart(pid) {
  try {
    if (platform() !== 'linux') {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
    }
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces; the fields are counted behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** Ends a script with a sentence instead of a stack trace. @param {unknown} error @returns {never} */
export function fail(error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
