import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import type { PutOrder } from './put-process.child';

/**
 * Starts a put in a process of its own, which a test can kill, and which tells its own memory.
 * @returns when the process has begun to read the body
 */
function startPut(order: PutOrder): ChildProcess {
  const register = join(__dirname, 'typescript-register.cjs');
  const script = join(__dirname, 'put-process.child.ts');
  return spawn(process.execPath, ['-r', register, script, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Puts `order` and kills the process (SIGKILL) once it has handed over all the bytes of a body that does not end. */
export async function killDuringPut(order: Omit<PutOrder, 'thenHang'>): Promise<void> {
  const child = startPut({ ...order, thenHang: true });
  const exit = once(child, 'exit');
  const [output] = (await once(child.stdout!, 'data')) as [Buffer];
  child.kill('SIGKILL');
  const [, signal] = (await exit) as [number | null, string | null];
  if (output.toString() !== 'handed over' || signal !== 'SIGKILL')
    throw new Error(`The put ended by itself: ${String(output)}`);
}

/** Puts `order` whole. @returns by how many bytes the process's resident memory grew at its highest */
export async function memoryOfPut(order: Omit<PutOrder, 'thenHang'>): Promise<number> {
  const child = startPut({ ...order, thenHang: false });
  const [output] = await Promise.all([textOf(child.stdout!), once(child, 'exit')]);
  return Number.parseInt(output, 10);
}
